import { copyFile, cp, mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type { Plugin } from "vite";

const SOURCES = ["swagger-ui-bundle.js", "swagger-ui.css"];

/**
 * Puts the API reference under `docs/`: the viewer's own files from the npm package beside our page and start script,
 * so that the page loads nothing from another host and has no inline script.
 */
export function apiReference(): Plugin {
  const viewer = path.dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  let root = "";
  let outDir = "";
  return {
    name: "api-reference",
    configResolved(config) {
      root = config.root;
      outDir = path.resolve(root, config.build.outDir);
    },
    configureServer(server) {
      server.middlewares.use("/docs", async (request, response, next) => {
        const name = (request.url ?? "/").split("?")[0]?.replace(/^\//, "") || "index.html";
        const file = SOURCES.includes(name) ? path.join(viewer, name) : path.join(root, "docs", name);
        try {
          const types: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".html": "text/html" };
          const body = await readFile(file);
          response.setHeader("Content-Type", types[path.extname(file)] ?? "application/octet-stream");
          response.end(body);
        } catch {
          next();
        }
      });
    },
    async writeBundle() {
      const target = path.join(outDir, "docs");
      await mkdir(target, { recursive: true });
      await cp(path.join(root, "docs"), target, { recursive: true });
      await Promise.all(SOURCES.map((name) => copyFile(path.join(viewer, name), path.join(target, name))));
    },
  };
}
