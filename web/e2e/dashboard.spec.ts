import { expect, type Page, test } from "@playwright/test";
import { api, askForApproval, createBoard, signIn, unique } from "./console";
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
  await expect(page.getByRole("region", { name: "Recent activity" }).getByRole("link").nth(1)).toBeVisible();

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
  await page.goto("/dashboard?range=3d");
  const chart = page.getByRole("slider", { name: "Tasks completed, point in time" });
  await chart.focus();
  await page.keyboard.press("Home");
  await expect(chart).toHaveAttribute("aria-valuenow", "0");
  await expect(chart).toHaveAttribute("aria-valuetext", /Last 3 days \d+, Previous 3 days \d+/);
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
