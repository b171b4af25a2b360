import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { required } from "./console";

/** A mirror of GitHub's archives: what the server under test reads skill packs from. */
export class Archives {
  private readonly packs = new Map<string, Buffer>();
  private readonly server = http.createServer((request, response) => {
    const pack = this.packs.get((request.url ?? "").slice(1));
    if (pack) response.setHeader("Content-Type", "application/x-gzip").end(pack);
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
      this.packs.set(`${repository}/tar.gz/refs/heads/${branch}`, archive);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}
