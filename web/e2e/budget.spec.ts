import { expect, test } from "@playwright/test";
import { required, signIn } from "./console";

const JS_BYTES = 180 * 1024;
const REQUESTS = 15;

test("the first load stays within its budget", async ({ page, browser }) => {
  await signIn(page);
  const state = await page.context().storageState();
  const context = await browser.newContext({ storageState: state, baseURL: required("MC_E2E_URL") });
  const first = await context.newPage();
  const client = await context.newCDPSession(first);
  await client.send("Network.enable");
  const scripts = new Set<string>();
  let bytes = 0;
  let requests = 0;
  client.on("Network.responseReceived", ({ requestId, type, response }) => {
    if (response.url.startsWith("data:")) return;
    requests += 1;
    if (type === "Script") scripts.add(requestId);
  });
  client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await first.goto("/boards");
  await expect(first.getByText("Live", { exact: true })).toBeAttached();
  await expect(first.locator(".skeleton")).toHaveCount(0);
  expect(bytes).toBeLessThan(JS_BYTES);
  expect(requests).toBeLessThan(REQUESTS);
  await context.close();
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
