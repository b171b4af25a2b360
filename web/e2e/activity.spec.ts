import { expect, type Page, test } from "@playwright/test";
import { actIn, api, createBoard, signIn, unique } from "./console";
import { inEveryLook } from "./looks";

/** The days of the feed that may have what a test has just done: midnight may have been meanwhile. */
const days = (page: Page) => page.getByRole("region", { name: /^(Today|Yesterday)$/ });

/** A board with a task that was talked about and moved; gives the ids. */
async function withEvents(page: Page, boardName: string, comment: string) {
  const board = await createBoard(page, boardName);
  const task = await api(page, "POST", `/boards/${board}/tasks`, { title: "Write the report" });
  const said = await api(page, "POST", `/boards/${board}/tasks/${task.id}/comments`, { message: comment });
  await api(page, "PATCH", `/boards/${board}/tasks/${task.id}`, { status: "in_progress" });
  return { board, task: task.id as string, comment: said.id as string };
}

test("what happens appears with its place, and leads there", async ({ page }) => {
  await signIn(page);
  const boardName = unique("Feed");
  const words = unique("The numbers of May are missing");
  const { board, task, comment } = await withEvents(page, boardName, words);
  const read: string[] = [];
  page.on("request", (request) => read.push(new URL(request.url()).pathname));
  await page.goto("/activity");
  await expect(page.getByRole("heading", { name: "Activity", level: 1 })).toBeVisible();
  const entry = days(page).getByRole("listitem").filter({ hasText: words });
  await expect(entry).toContainText("Comment");
  await expect(entry).toContainText(boardName);
  // No board is read for it.
  expect(read.filter((path) => path.endsWith("/snapshot"))).toEqual([]);
  // Without reading the page again.
  const later = unique("And those of June");
  await api(page, "POST", `/boards/${board}/tasks/${task}/comments`, { message: later });
  await expect(days(page).getByRole("listitem").filter({ hasText: later })).toBeVisible({ timeout: 5_000 });

  await entry.getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`${board}\\?taskId=${task}&commentId=${comment}`));
  await expect(page.getByRole("dialog", { name: "Write the report" }).getByText(words)).toBeVisible();
});

test("what happens on a board stands beside its tasks, and leads there", async ({ page }) => {
  await signIn(page);
  const { board, task } = await withEvents(page, unique("Beside"), "A remark");
  await withEvents(page, unique("Elsewhere"), "A remark of another board");
  await page.goto(`/boards/${board}?panel=chat`);
  const panel = page.getByRole("dialog");
  await panel.getByRole("button", { name: "Activity", exact: true }).click();
  await expect(page).toHaveURL(/panel=activity/);
  const rows = panel.getByRole("list", { name: "Activity" }).getByRole("listitem");
  await expect(rows.filter({ hasText: "A remark" })).toHaveCount(1);
  await expect(rows.filter({ hasText: "Task moved" })).toHaveCount(1);
  // The moment it happens.
  await api(page, "POST", `/boards/${board}/tasks/${task}/comments`, { message: "And one more" });
  const entry = rows.filter({ hasText: "And one more" });
  await expect(entry).toBeVisible({ timeout: 5_000 });
  await entry.getByRole("link").click();
  await expect(page.getByRole("dialog", { name: "Write the report" }).getByText("And one more")).toBeVisible();
});

test("the feed is narrowed, paused and taken away, and a link leads to one event", async ({ page, context }) => {
  await signIn(page);
  const { board, task } = await withEvents(page, unique("Narrow"), "A remark");
  await page.goto(`/activity?board=${board}`);
  const rows = days(page).getByRole("listitem");
  await expect(rows.filter({ hasText: "Task moved" })).toBeVisible();
  await page.getByRole("button", { name: "Comments", exact: true }).click();
  await expect(page).toHaveURL(/kind=comments/);
  await expect(rows).toHaveCount(1);
  await page.getByRole("searchbox", { name: "Filter events by text" }).fill("no such words");
  await expect(page.getByText("Nothing matches the filters")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(rows.filter({ hasText: "Task moved" }).first()).toBeVisible();
  await page.getByRole("button", { name: "Failures", exact: true }).click();
  await expect(page).toHaveURL(/failed=true/);

  await page.goto(`/activity?board=${board}&kind=comments`);
  await expect(rows).toHaveCount(1);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByText("Paused. What happens now is shown when you resume.")).toBeVisible();
  await api(page, "POST", `/boards/${board}/tasks/${task}/comments`, { message: "Said meanwhile" });
  const other = await context.newPage();
  await other.goto(`/activity?board=${board}&kind=comments`);
  await expect(days(other).getByText("Said meanwhile")).toBeVisible();
  await other.close();
  await expect(rows).toHaveCount(1);
  await page.getByRole("button", { name: "Resume" }).first().click();
  await expect(rows).toHaveCount(2);

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "CSV" }).click();
  expect((await download).suggestedFilename()).toMatch(/^activity-.*\.csv$/);

  const feed = await api(page, "GET", `/activity?board_id=${board}&event_type=task.status_changed`);
  const [moved] = feed.items;
  await page.goto(`/activity?eventId=${moved.id}&at=${moved.created_at}`);
  await expect(page.getByText(/^This is what happened up to/)).toBeVisible();
  await expect(page.locator(`[aria-current=true]`).filter({ hasText: "Task moved" })).toBeVisible();
  await page.getByRole("button", { name: "Back to now" }).click();
  await expect(page).toHaveURL(/\/activity$/);
  await page.goto(`/activity?eventId=00000000-0000-4000-8000-000000000000`);
  await expect(page.getByText("The event of this link is not here")).toBeVisible();
});

test("a feed that cannot be read says why, and is read again", async ({ page }) => {
  await signIn(page);
  let broken = true;
  await page.route("**/api/v1/activity?*", (route) =>
    broken
      ? route.fulfill({ status: 500, json: { detail: "The database is away.", request_id: "r-7" } })
      : route.fallback(),
  );
  await page.goto("/activity");
  await expect(page.getByText("The activity could not be loaded")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("The database is away.")).toBeVisible();
  await expect(page.getByText("r-7")).toBeVisible();
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("The activity could not be loaded")).toBeHidden();
});

test("what went wrong lately stands first, and filters are time and agent too", async ({ page }) => {
  await signIn(page);
  const { board } = await withEvents(page, unique("Failures"), "A remark");
  const failure = {
    id: "00000000-0000-4000-8000-000000000001",
    event_type: "webhook.delivery_failed",
    message: "Connection refused",
    board_id: board,
    task_id: null,
    agent_id: null,
    user_id: null,
    actor_name: null,
    route_name: null,
    route_params: null,
    created_at: new Date().toISOString(),
  };
  await page.route("**/api/v1/activity?failed=true*", (route) =>
    route.fulfill({ json: { items: [failure], total: 1, limit: 3, offset: 0, next_cursor: null } }),
  );
  await page.goto(`/activity`);
  const recent = page.getByRole("region", { name: "Recent failures" });
  await expect(recent).toContainText("Webhook delivery failed");
  await recent.getByRole("link", { name: "All failures" }).click();
  await expect(page).toHaveURL(/failed=true/);
  await page.unroute("**/api/v1/activity?failed=true*");

  await page.goto(`/activity?board=${board}`);
  await page.getByLabel("Before").fill("2020-01-01T00:00");
  await expect(page).toHaveURL(/before=/);
  await expect(page.getByText("Nothing matches the filters")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.getByRole("combobox", { name: "Agent: All agents" }).click();
  await page.keyboard.press("Escape");
  await expect(days(page).first()).toBeVisible();
});

inEveryLook("the activity is accessible", async (page, check) => {
  const { board } = await withEvents(page, unique("Looks"), "A remark with `code` and a rather long text. ".repeat(4));
  await page.goto(`/activity?board=${board}`);
  await expect(days(page).first()).toBeVisible();
  await check("activity-board");
  await page.goto(`/activity?board=${board}&failed=true&q=nothing`);
  await expect(page.getByText("Nothing matches the filters")).toBeVisible();
  await check("activity-nothing");
  await page.goto("/activity?eventId=00000000-0000-4000-8000-000000000000&at=2026-01-01T00:00:00");
  await expect(page.getByText("The event of this link is not here")).toBeVisible();
  await check("activity-missing");
  // A new organization, in which nothing has happened.
  const before = (await api(page, "GET", "/organizations/me")).id;
  await actIn(page, (await api(page, "POST", "/organizations", { name: unique("Quiet") })).id);
  await page.goto("/activity");
  await expect(page.getByText("Nothing has happened yet")).toBeVisible();
  await check("activity-empty");
  await api(page, "DELETE", "/organizations/me");
  await api(page, "PATCH", "/organizations/me/active", { organization_id: before });
});
