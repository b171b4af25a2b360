import { type Browser, type BrowserContext, expect, test } from "@playwright/test";
import { createBoard, required, signIn, unique } from "./console";

type StorageState = Awaited<ReturnType<BrowserContext["storageState"]>>;

// As sent: packed. docs/performance.md has the figures.
const JS_BYTES = 185 * 1024;
const REQUESTS = 15;

/** What a browser that holds nothing but the session asks for until a page stands and follows the stream. */
async function firstLoad(browser: Browser, state: StorageState, path: string) {
  const context = await browser.newContext({ storageState: state, baseURL: required("MC_E2E_URL") });
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  const scripts = new Set<string>();
  const asked: string[] = [];
  let bytes = 0;
  client.on("Network.responseReceived", ({ requestId, type, response }) => {
    if (response.url.startsWith("data:")) return;
    asked.push(new URL(response.url).pathname);
    if (type === "Script") scripts.add(requestId);
  });
  client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await page.goto(path);
  await expect(page.getByText("Live", { exact: true })).toBeAttached();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator(".skeleton")).toHaveCount(0);
  await context.close();
  return { bytes, asked };
}

test("the first load of pages where a visit begins stays within its budget", async ({ page, browser }) => {
  await signIn(page);
  const board = await createBoard(page, unique("Budget"));
  const state = await page.context().storageState();
  // Of the approvals the page itself: an approval that waits brings its task and its text along.
  for (const path of ["/boards", `/boards/${board}`, "/dashboard", `/approvals?board=${board}`]) {
    const { bytes, asked } = await firstLoad(browser, state, path);
    if (process.env.MC_E2E_FIGURES) {
      process.stdout.write(`${path}: ${Math.round(bytes / 1024)} KB of script, ${asked.length} requests\n`);
    }
    expect.soft(bytes, `script of ${path}`).toBeLessThan(JS_BYTES);
    expect.soft(asked.length, `requests of ${path}: ${asked.join(" ")}`).toBeLessThan(REQUESTS);
  }
});

test("nothing is loaded from another host, and no script stands in the page", async ({ page }) => {
  const foreign: string[] = [];
  const complaints: string[] = [];
  const origin = new URL(required("MC_E2E_URL")).origin;
  page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
  });
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
  });
  await signIn(page);
  await page.goto("/docs");
  await expect(page.getByText("Mission Control").first()).toBeVisible();
  await expect(page.locator(".opblock-tag").first()).toBeVisible({ timeout: 20_000 });
  expect(foreign).toEqual([]);
  expect(complaints).toEqual([]);
  expect(await page.locator("script:not([src])").count()).toBe(0);
});

test("an idle page asks for nothing", async ({ page }) => {
  // The page's clock is ours, so that half a minute passes at once; the silence after which the stream counts as lost
  // is longer than that.
  await page.clock.install();
  await signIn(page);
  // A pointer that rests on a link loads its page ahead, which is wanted but is not what is tested here.
  await page.mouse.move(1, 1);
  // What may come after the page, such as the number of approvals, is waited for.
  const counted = page.waitForResponse(/approvals\?status=pending/);
  await page.goto("/boards");
  await expect(page.getByText("Live", { exact: true })).toBeAttached();
  await expect(page.locator(".skeleton")).toHaveCount(0);
  await page.clock.runFor(5_000);
  await counted;
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.clock.runFor(32_000);
  await page.evaluate(() => fetch("/healthz"));
  expect(asked).toEqual([expect.stringContaining("/healthz")]);
});
