import { expect, type Page, test } from "@playwright/test";
import { api, askForApproval, createBoard, signIn, unique, withRights } from "./console";
import { inEveryLook } from "./looks";

/** Creates a task that was due long ago, as a script would. */
async function createOverdueTask(page: Page, board: string, title: string): Promise<void> {
  await api(page, "POST", `/boards/${board}/tasks`, { title, due_at: "2026-01-05T00:00:00" });
}

test("the dashboard shows what needs somebody, and follows what happens", async ({ page }) => {
  await signIn(page);
  const board = await createBoard(page, unique("Dashboard"));
  await createOverdueTask(page, board, "Pay the invoice");
  await page.goto(`/dashboard?board=${board}`);
  const attention = page.getByRole("region", { name: "Needs attention" });
  await expect(attention.getByRole("link", { name: "1 overdue task" })).toBeVisible();
  await expect(attention.getByText("Pay the invoice")).toBeVisible();
  await askForApproval(page, board, { action_type: "newsletter.send", rubric_scores: { clarity: 40, risk: 20 } });
  await expect(attention.getByRole("link", { name: "1 pending approval" })).toBeVisible({
    timeout: 20_000,
  });
  // It is read when somebody sees it.
  const events = page.getByRole("region", { name: "Recent activity" });
  await events.scrollIntoViewIfNeeded();
  await expect(events.getByRole("link").nth(1)).toBeVisible();

  await page.getByRole("link", { name: "The last 30 days" }).click();
  await expect(page).toHaveURL(/range=1m/);
  expect(page.url(), "the board stays chosen").toContain(board);
  await page.getByRole("combobox", { name: /^Board: Dashboard/ }).click();
  await page.getByRole("option", { name: "All boards" }).click();
  await expect(page).not.toHaveURL(/board=/);
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Dashboard", level: 1 })).toBeVisible();
});

test("a chart is read out by keyboard", async ({ page }) => {
  await signIn(page);
  const board = await createBoard(page, unique("Charted"));
  await api(page, "PATCH", `/boards/${board}`, { require_approval_for_done: false });
  await page.goto(`/dashboard?range=3d&board=${board}`);
  await expect(page.getByText("No task was completed in the last 3 days or before.")).toBeVisible();
  const task = await api(page, "POST", `/boards/${board}/tasks`, { title: "Chart the coast" });
  await api(page, "PATCH", `/boards/${board}/tasks/${task.id}`, { status: "done" });
  const chart = page.getByRole("slider", { name: "Tasks completed, point in time" });
  await chart.focus();
  await page.keyboard.press("Home");
  await expect(chart).toHaveAttribute("aria-valuenow", "0");
  await expect(chart).toHaveAttribute("aria-valuetext", /Last 3 days \d+, Previous 3 days \d+/);
});

test("every panel leads to where there is more", async ({ page }) => {
  await signIn(page);
  const board = await createBoard(page, unique("Leads"));
  await createOverdueTask(page, board, "Water the plants");
  await askForApproval(page, board, { action_type: "plants.sell", payload: { reason: "They are dry." } });
  const group = await api(page, "POST", "/board-groups", { name: unique("Garden"), slug: unique("garden") });
  await api(page, "PATCH", `/boards/${board}`, { board_group_id: group.id });
  const here = `/dashboard?board=${board}`;
  for (const [link, address] of [
    ["All approvals", new RegExp(`/approvals\\?board=${board}`)],
    ["All activity", new RegExp(`/activity\\?board=${board}`)],
    ["1 overdue task", new RegExp(`/boards/${board}\\?only=overdue`)],
    ["1 pending approval", new RegExp(`/approvals\\?board=${board}`)],
    ["Plants sell", /\/approvals\?approval=/],
  ] as const) {
    await page.goto(here);
    await page.getByRole("main").getByRole("link", { name: link }).first().click();
    await expect(page).toHaveURL(address);
  }
  await page.goto("/dashboard");
  await page
    .getByRole("list", { name: "Health of the installation" })
    .getByRole("link", { name: /agents/i })
    .click();
  await expect(page).toHaveURL(/\/agents/);
  await page.goto("/dashboard");
  await page.mouse.move(300, 300);
  await page.getByRole("combobox", { name: "Board group: All groups" }).click();
  await page.getByRole("option", { name: group.name }).click();
  await expect(page).toHaveURL(new RegExp(`boardGroup=${group.id}`));
  await api(page, "DELETE", `/board-groups/${group.id}`);
});

test("members are told nothing of agents and gateways, rather than a zero that is none", async ({ page }) => {
  await signIn(page);
  await withRights(page, { role: "member" });
  await page.route("**/api/v1/metrics/dashboard*", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), fleet: null } });
  });
  await page.goto("/dashboard");
  await expect(page.getByText("active in this period")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Pending approvals" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Gateways" })).toHaveCount(0);
  await expect(page.getByText(/agents online|gateways connected|No agents yet/)).toHaveCount(0);
});

test("figures that take their time leave their places, and those that fail are read again", async ({ page }) => {
  await signIn(page);
  let answer: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let fail = true;
  await page.route("**/api/v1/metrics/dashboard*", async (route) => {
    await asked;
    return fail ? route.fulfill({ status: 500, json: { detail: "The figures are being counted" } }) : route.fallback();
  });
  await page.goto("/dashboard");
  await expect(page.getByRole("status", { name: "Loading what needs attention" })).toBeVisible();
  answer();
  await expect(page.getByText("The figures are being counted")).toBeVisible();
  fail = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("region", { name: "Key figures" })).toBeVisible();
});

inEveryLook("the dashboard is accessible", async (page, check) => {
  const board = await createBoard(page, unique("Looks"));
  await page.goto(`/dashboard?board=${board}`);
  await expect(page.getByText("Nothing is waiting for a decision.")).toBeVisible();
  await check("dashboard-empty");
  await createOverdueTask(page, board, "A task with a rather long title that was due a long time ago");
  await askForApproval(page, board, { action_type: "newsletter.send", rubric_scores: { clarity: 40, risk: 20 } });
  await page.goto("/dashboard?range=1y");
  await expect(page.getByRole("region", { name: "Needs attention" }).getByText(/overdue/)).toBeVisible();
  await page.getByRole("slider", { name: "Tasks by status, point in time" }).focus();
  await page.keyboard.press("ArrowLeft");
  await check("dashboard");
  await page.route("**/api/v1/metrics/dashboard*", (route) =>
    route.fulfill({ status: 503, contentType: "application/json", body: '{"detail":"The database is busy"}' }),
  );
  await page.goto("/dashboard?range=14d");
  await expect(page.getByText("The figures could not be loaded")).toBeVisible({ timeout: 20_000 });
  await check("dashboard-error");
});
