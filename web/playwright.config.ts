import { defineConfig } from "@playwright/test";

/** What this tag stands on holds a time that people feel to a bound, and needs a machine that does nothing else. */
const MEASURES = /@measures/;

/*
 * Drives a running server: MC_E2E_URL (its address), MC_E2E_TOKEN (its access token). MC_E2E_ORIGIN is an origin of this
 * machine that its CORS_ORIGINS names; a console is served there. MC_E2E_GATEWAY and MC_E2E_GATEWAY_TOKEN are address and
 * token of a gateway, such as the example fake_gateway of crates/openclaw. MC_E2E_PEOPLE_URL is another server, with
 * AUTH_MODE=oidc, where many people sign in; a test listens at its MC_OIDC_ISSUER, which is MC_E2E_PROVIDER. Another one
 * listens at MC_E2E_ARCHIVES, the MC_SKILL_PACK_ARCHIVE_URL and MC_SOULS_DIRECTORY_URL of the first server.
 * MC_E2E_CHROMIUM names the browser (default: Debian's), MC_E2E_SHOTS a folder for screenshots.
 */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // A busy machine makes tests slow, not wrong: nobody waits this long unless something is.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // One server with one user: the tests would see each other's boards.
  workers: 1,
  // What measures comes last, and alone.
  projects: [
    { name: "behaviour", grepInvert: MEASURES },
    { name: "speed", grep: MEASURES },
  ],
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  use: {
    baseURL: process.env.MC_E2E_URL,
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.MC_E2E_CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
  },
});
