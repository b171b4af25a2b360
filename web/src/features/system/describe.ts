import type { System } from "@/api/types";

const TITLES: Record<string, string> = {
  stopping: "Serving",
  job_runner: "Background jobs",
  database: "Database",
  backups: "Backups",
};

/** What a check is called. */
export function titleOf(check: string): string {
  return TITLES[check] ?? check;
}

/** A version number of PostgreSQL as people write it: 170002 is 17.2. */
export function postgresVersion(number: number | null | undefined): string {
  return number ? `${Math.floor(number / 10_000)}.${number % 10_000}` : "";
}

/** What somebody should look at, in sentences with a remedy. */
export function warningsOf(system: System): string[] {
  const warnings = [];
  const host = new URL(system.base_url).hostname;
  if (["localhost", "127.0.0.1", "[::1]"].includes(host)) {
    warnings.push(
      `Agents and webhooks are told to reach this server at ${system.base_url}, which works on this machine only. Set BASE_URL to an address that others can reach.`,
    );
  } else if (!system.base_url.startsWith("https:")) {
    warnings.push(
      `${system.base_url} is not encrypted: tokens can be read on their way. Put TLS in front of the server.`,
    );
  }
  if (system.dead_jobs > 0) {
    warnings.push(
      `${system.dead_jobs} background ${system.dead_jobs === 1 ? "job has" : "jobs have"} failed for good. Read why below, then try again or discard.`,
    );
  }
  return warnings;
}
