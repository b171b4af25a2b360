import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { required } from "./console";

/** A mirror of GitHub's archives and of the souls directory: what the server under test reads outside. */
export class Archives {
  private readonly answers = new Map<string, { type: string; body: Buffer | string }>();
  private readonly server = http.createServer((request, response) => {
    const answer = this.answers.get((request.url ?? "").slice(1));
    if (answer) response.setHeader("Content-Type", answer.type).end(answer.body);
    else response.writeHead(404).end();
  });

  static async start(): Promise<Archives> {
    const archives = new Archives();
    const { hostname, port } = new URL(required("MC_E2E_ARCHIVES"));
    await new Promise<void>((done) => archives.server.listen(Number(port), hostname, done));
    return archives;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((done) => this.server.close(() => done()));
  }

  /** What a branch of a repository has from now on, by path. */
  publish(repository: string, branch: string, files: Record<string, string>): void {
    const folder = mkdtempSync(path.join(tmpdir(), "pack-"));
    try {
      for (const [name, text] of Object.entries(files)) {
        const file = path.join(folder, "repository", name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, text);
      }
      const archive = execFileSync("tar", ["--create", "--gzip", "--directory", folder, "repository"]);
      this.answers.set(`${repository}/tar.gz/refs/heads/${branch}`, { type: "application/x-gzip", body: archive });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** The only text of the souls directory from now on; the server remembers it for a while. */
  publishSoul(name: string, text: string): void {
    const map = `<urlset><url><loc>https://souls.directory/souls/${name}</loc></url></urlset>`;
    this.answers.set("sitemap.xml", { type: "application/xml", body: map });
    this.answers.set(`api/souls/${name}.md`, { type: "text/markdown", body: text });
  }
}
