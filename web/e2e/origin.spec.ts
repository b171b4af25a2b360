import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { required } from "./console";

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const NAME = "mc_local_auth_token";

let folder: string;
let server: Server;

/** Builds the console for the server of this run, and serves it from an origin that the server allows. */
test.beforeAll(async () => {
  test.setTimeout(180_000);
  folder = await mkdtemp(path.join(tmpdir(), "mc-console-"));
  const env = { ...process.env, NEXT_PUBLIC_API_URL: required("MC_E2E_URL"), NEXT_PUBLIC_AUTH_MODE: "local" };
  await promisify(execFile)("npx", ["vite", "build", "--outDir", folder, "--emptyOutDir"], { env });
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://console");
    const file = path.extname(pathname) ? pathname : "/index.html";
    readFile(path.join(folder, path.normalize(file))).then(
      (content) => {
        response.setHeader("Content-Type", TYPES[path.extname(file)] ?? "application/octet-stream");
        response.end(content);
      },
      () => response.writeHead(404).end(),
    );
  });
  const { hostname, port } = new URL(required("MC_E2E_ORIGIN"));
  await new Promise<void>((resolve) => server.listen(Number(port), hostname, resolve));
});

test.afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

test("a console on another origin signs in with a bearer token and is live", async ({ page }) => {
  const origin = required("MC_E2E_ORIGIN");
  const token = required("MC_E2E_TOKEN");
  const kept = () => page.evaluate((name) => sessionStorage.getItem(name), NAME);
  await page.goto(`${origin}/boards`);
  await page.getByLabel("Access token").fill("x".repeat(60));
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("The server does not accept this token.")).toBeVisible();
  expect(await kept()).toBeNull();
  await page.getByLabel("Access token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Boards", level: 1 })).toBeVisible();
  await expect(page.getByText("Live", { exact: true })).toBeAttached();
  expect(await page.context().cookies()).toEqual([]);
  expect(await kept()).toBe(token);

  // What happens elsewhere arrives over the event stream.
  const name = `Seen from afar ${Date.now()}`;
  const made = await page.request.post(`${required("MC_E2E_URL")}/api/v1/boards`, {
    data: { name, slug: "", description: "A board of the browser tests", board_type: "general" },
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(made.status(), await made.text()).toBe(200);
  await expect(page.getByRole("main").getByRole("link", { name })).toBeVisible();

  await page.reload();
  await expect(page.getByRole("heading", { name: "Boards", level: 1 })).toBeVisible();
});
