import { expect, test } from "@playwright/test";
import { api, signIn, unique } from "./console";
import { inEveryLook } from "./looks";

const DEMO = "Demo: Northwind Robotics";

inEveryLook("the system and the first steps", async (page, check) => {
  await page.goto("/welcome");
  await expect(page.getByRole("list", { name: "Steps" })).toBeVisible();
  await check("welcome");
  await page.goto("/system");
  await expect(page.getByRole("heading", { name: "Health" })).toBeVisible();
  await expect(page.getByText("The database answers")).toBeVisible();
  await check("system");
  await page.getByRole("button", { name: /^Waiting/ }).click();
  await expect(page).toHaveURL(/jobs=queued/);
});

test("the demo is made, looked at and removed", async ({ page }) => {
  await signIn(page);
  const switcher = page.getByRole("button", { name: /^Organization:/ });
  const before = await switcher.getAttribute("aria-label");
  await page.goto("/welcome");
  await page.getByRole("button", { name: "Explore the demo" }).click();
  await expect(page.getByRole("button", { name: `Organization: ${DEMO}` })).toBeVisible();
  const board = page.getByRole("main").getByRole("link", { name: "Fleet software" });
  await expect(board).toBeVisible();
  await board.click();
  await expect(page.getByText("Replay the Rotterdam logs against 6.3")).toBeVisible();

  await page.goto("/system");
  await page.getByRole("button", { name: "Remove…" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove the demo?" });
  await expect(dialog.getByRole("button", { name: "Remove the demo" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByRole("textbox").fill(DEMO);
  await dialog.getByRole("button", { name: "Remove the demo" }).click();
  await expect(page.getByRole("button", { name: "Make the demo" })).toBeVisible();
  await expect(switcher).toHaveAttribute("aria-label", before ?? "");
});

test("a job that waits is run again and discarded, and the server says how it is", async ({ page }) => {
  await signIn(page);
  // The work for a gateway that is away waits.
  const { id } = await api(page, "POST", "/gateways?check=false", {
    name: unique("Away"),
    url: "ws://127.0.0.1:9",
    workspace_root: "~/.openclaw",
  });
  await page.goto("/system");
  for (const part of ["Health", "Backups", "Background jobs"]) {
    await expect(page.getByRole("heading", { name: part })).toBeVisible();
  }
  await page.getByRole("button", { name: /^Waiting/ }).click();
  const job = page.getByRole("row").filter({ hasText: "agent." }).first();
  const question = page.getByRole("dialog", { name: "Discard this job?" });
  // The list is as it was read: a job that runs meanwhile is not in it until it waits again.
  await expect(async () => {
    await page.reload();
    await job.getByRole("button", { name: "Run now" }).click({ timeout: 5_000 });
    await expect(page.getByText("The job runs again.").first()).toBeVisible({ timeout: 10_000 });
  }).toPass();
  await expect(async () => {
    await page.reload();
    await job.getByRole("button", { name: "Discard" }).click({ timeout: 5_000 });
    await question.getByRole("button", { name: "Discard" }).click({ timeout: 5_000 });
    await expect(question).toBeHidden({ timeout: 10_000 });
  }).toPass();
  await api(page, "DELETE", `/gateways/${id}?force=true`);
});

test("the state of a server that does not answer is asked for again", async ({ page }) => {
  await signIn(page);
  await page.route("**/api/v1/system", (route) => route.fulfill({ status: 503, json: { detail: "Not now" } }));
  await page.goto("/system");
  await expect(page.getByText("The state of the server could not be loaded")).toBeVisible();
  await page.unroute("**/api/v1/system");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Health" })).toBeVisible();
});
