import { defineConfig } from "@playwright/test";
import tests from "./playwright.config";

/*
 * Takes the pictures of docs/console.md from a running server with the demo (`mission-control demo`): MC_E2E_URL and
 * MC_E2E_TOKEN as for the browser tests. Writes into docs/console/.
 */
export default defineConfig({ ...tests, testDir: "gallery" });
