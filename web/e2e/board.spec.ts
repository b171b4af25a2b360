import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { api, askForApproval, column, createBoard, inPalette, shot, signIn, unique, withRights } from "./console";
import { inEveryLook } from "./looks";

type Json = Record<string, unknown>;

/** Puts tasks on a board and opens it. */
async function withTasks(page: Page, board: string, tasks: Json[]): Promise<string[]> {
  const ids: string[] = [];
  for (const task of tasks) {
    const made = await api(page, "POST", `/boards/${board}/tasks`, task);
    ids.push(made.id as string);
  }
  await page.goto(`/boards/${board}`);
  await expect(page.locator("[data-task]")).toHaveCount(tasks.length);
  return ids;
}

const card = (page: Page, title: string) => page.getByRole("link", { name: title, exact: true });

test("several tasks are changed at once, and what the rules refuse is named with its reason", async ({ page }) => {
  await signIn(page);
  const board = await createBoard(page, unique("Bulk"));
  await api(page, "PATCH", `/boards/${board}`, { require_approval_for_done: false });
  const [first] = await withTasks(page, board, [{ title: "One" }, { title: "Two" }, { title: "Three" }]);
  await api(page, "POST", `/boards/${board}/tasks`, { title: "Held back", depends_on_task_ids: [first] });
  await expect(card(page, "Held back")).toBeVisible();

  await card(page, "Held back").focus();
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+X");
  const bar = page.getByRole("region", { name: "Selected tasks" });
  await expect(bar).toContainText("3 tasks");
  await bar.getByRole("button", { name: "Move to…" }).click();
  await page.getByRole("menuitem", { name: "In progress" }).click();
  const report = page.getByRole("dialog", { name: "One task was not changed" });
  await expect(report).toContainText("Held back");
  await expect(report).toContainText("Blocked by another task");
  await shot(page, "bulk-report");
  await report.getByRole("button", { name: "Done" }).click();
  await expect(column(page, "In progress").getByRole("link", { name: "Three" })).toBeVisible();
  await expect(bar).toContainText("1 task");

  await bar.getByRole("button", { name: "Priority…" }).click();
  await page.getByRole("menuitem", { name: "High" }).click();
  await expect(bar).toBeHidden();
  await expect(page.locator("[data-task]").filter({ hasText: "Held back" })).toContainText("Priority High.");
});

test("a deletion can be taken back, and is sent when the page is left", async ({ page, browser }) => {
  await signIn(page);
  const board = await createBoard(page, unique("Undo"));
  await withTasks(page, board, [{ title: "Stays" }, { title: "Goes" }]);
  await card(page, "Stays").focus();
  await page.keyboard.press("Delete");
  await expect(card(page, "Stays")).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(card(page, "Stays")).toBeVisible();

  const other = await browser.newPage();
  await signIn(other);
  await other.goto(`/boards/${board}`);
  await expect(card(other, "Goes")).toBeVisible();
  await card(page, "Goes").focus();
  await page.keyboard.press("Delete");
  await expect(card(page, "Goes")).toBeHidden();
  expect(await card(other, "Goes").isVisible(), "the server knows of it too early").toBe(true);
  await page.goto("about:blank");
  await expect(card(other, "Goes")).toBeHidden();
  await expect(card(other, "Stays")).toBeVisible();
  await other.close();
});

test("filters by tag, due date and custom field live in the address and can be kept under a name", async ({ page }) => {
  await signIn(page);
  const board = await createBoard(page, unique("Views"));
  const field = unique("Size");
  await api(page, "POST", "/organizations/me/custom-fields", {
    field_key: field,
    field_type: "text",
    board_ids: [board],
  });
  const tag = await api(page, "POST", "/tags", { name: unique("Urgent") });
  await withTasks(page, board, [
    { title: "Big and urgent", tag_ids: [tag.id], custom_field_values: { [field]: "Big" }, priority: "high" },
    { title: "Small", custom_field_values: { [field]: "Small" } },
    { title: "Late", due_at: "2020-01-01T00:00:00Z" },
  ]);

  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("menuitem", { name: "Tag" }).press("ArrowRight");
  await page.getByRole("menuitemcheckbox", { name: String(tag.name) }).click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(page.locator("[data-task]")).toHaveCount(1);
  await expect(page.getByRole("status").filter({ hasText: "1 of 3" })).toBeVisible();
  await page.getByRole("button", { name: `Remove the filter #${tag.name}` }).click();

  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("menuitem", { name: field }).press("ArrowRight");
  await page.getByRole("menuitemcheckbox", { name: "Small" }).click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(card(page, "Small")).toBeVisible();
  await expect(page.locator("[data-task]")).toHaveCount(1);

  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "Save this view…" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("The small ones");
  await page.getByRole("button", { name: "Save view" }).click();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page.locator("[data-task]")).toHaveCount(3);
  await page.reload();
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "The small ones" }).click();
  await expect(page.locator("[data-task]")).toHaveCount(1);

  // What is shown is what is saved.
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "The small ones" }).click();
  await page.getByRole("menuitem", { name: "CSV" }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toMatch(/^Views-.*\.csv$/);
  const lines = readFileSync(await saved.path(), "utf8")
    .trim()
    .split("\r\n");
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain(field);
  expect(lines[1]).toMatch(/,Small,Inbox,.*,Small$/);

  await page.goto(`/boards/${board}?view=list&group=priority&due=today`);
  await expect(page.locator("[data-task]")).toHaveCount(1);
  await expect(page.getByRole("heading", { name: /^Medium/ })).toBeVisible();
});

test("tags, custom fields, mentions and history stand in the panel of a task", async ({ page }) => {
  await signIn(page);
  const board = await createBoard(page, unique("Panel"));
  const [note, count] = [unique("Note"), unique("Count")];
  const field = (field_key: string, field_type: string, ui_visibility: string) =>
    api(page, "POST", "/organizations/me/custom-fields", { field_key, field_type, ui_visibility, board_ids: [board] });
  await field(note, "text", "if_set");
  await field(count, "integer", "always");
  const agent = unique("Nova").replaceAll(" ", "");
  await api(page, "POST", "/agents", { name: agent, board_id: board });
  await withTasks(page, board, [{ title: "Everything" }]);
  await card(page, "Everything").click();
  const panel = page.getByRole("dialog", { name: "Everything" });

  const tag = unique("Fresh");
  await panel.getByRole("combobox", { name: "Add a tag" }).click();
  await page.getByRole("combobox", { name: "Search tags" }).fill(tag);
  await page.getByRole("option", { name: `Create “${tag}”` }).click();
  await page.keyboard.press("Escape");
  await expect(panel.getByRole("button", { name: `Take off ${tag}` })).toBeVisible();

  await panel.getByRole("button", { name: `${count}: Not set. Change` }).click();
  await panel.getByLabel(count).fill("many");
  await page.keyboard.press("Enter");
  await expect(panel.getByText("Enter a whole number.")).toBeVisible();
  await panel.getByLabel(count).fill("7");
  await page.keyboard.press("Enter");
  await expect(panel.getByRole("button", { name: `${count}: 7. Change` })).toBeVisible();
  await panel.getByRole("button", { name: "Add field" }).click();
  await page.getByRole("menuitem", { name: note }).click();
  await panel.getByLabel(note).fill("a text with blanks ");
  await page.keyboard.press("Enter");
  await expect(panel.getByRole("button", { name: new RegExp(`^${note}: a text with blanks`) })).toBeVisible();

  const comment = panel.getByRole("textbox", { name: "Comment" });
  await comment.pressSequentially(`Please look, @${agent.slice(0, 6).toLowerCase()}`);
  await expect(page.getByRole("option", { name: agent })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(comment).toHaveValue(new RegExp(`@${agent.toLowerCase()} $`));
  await page.keyboard.press("Enter");
  await expect(panel.getByRole("listitem").filter({ hasText: "Please look" })).toBeVisible();

  await panel.getByRole("button", { name: "History" }).click();
  await expect(panel.getByRole("region", { name: "History" }).getByRole("listitem")).toHaveCount(1);
  await shot(page, "task-panel");

  await page.goto(`/boards/${board}?taskId=00000000-0000-4000-8000-000000000000`);
  await expect(page.getByText("This task is not on the board")).toBeVisible();
  await expect(page).toHaveURL(/taskId=00000000/);
});

test("the palette finds tasks of every board and runs what the page can do", async ({ page }) => {
  await signIn(page);
  const title = unique("Needle in the haystack");
  const board = await createBoard(page, unique("Haystack"));
  await withTasks(page, board, [{ title }]);
  await page.goto("/approvals");
  await expect(page.getByText("Live", { exact: true })).toBeAttached();
  await inPalette(page, title.slice(3).toUpperCase());
  await page.getByRole("option", { name: title }).click();
  await expect(page.getByRole("dialog", { name: title })).toBeVisible();

  await inPalette(page, "move to in");
  await page.getByRole("option", { name: "Move to In progress" }).click();
  await expect(column(page, "In progress").getByRole("link", { name: title })).toBeVisible();
  await inPalette(page, "pause");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/The agents of this board are paused since/)).toBeVisible();
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await expect(page.getByText(/The agents of this board are paused since/)).toBeHidden();
});

test("a task is made with its fields, talked about, changed in its panel and deleted there", async ({ page }) => {
  await signIn(page);
  const board = await createBoard(page, unique("Panel"));
  await page.getByRole("button", { name: "New task", exact: true }).click();
  const create = page.getByRole("dialog", { name: "New task" });
  await create.getByRole("button", { name: "Create task" }).click();
  await expect(create).toBeVisible();
  await create.getByLabel("Title").fill("Call the printer");
  await create.getByLabel("Description").fill("About the *posters*");
  const made = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/tasks"));
  await create.getByRole("button", { name: "Create task" }).dblclick();
  expect((await made).postDataJSON()).toMatchObject({ title: "Call the printer", description: "About the *posters*" });
  await expect(create).toBeHidden();
  await expect(card(page, "Call the printer")).toHaveCount(1);
  expect((await api(page, "GET", `/boards/${board}/tasks`)).total, "a double click makes one task").toBe(1);

  await card(page, "Call the printer").click();
  const panel = page.getByRole("dialog", { name: "Call the printer" });
  await expect(panel.getByText("No comments yet")).toBeVisible();
  await expect(panel.getByText("posters", { exact: true })).toBeVisible();
  await panel.getByRole("combobox", { name: "Status" }).click();
  const moved = page.waitForRequest((request) => request.method() === "PATCH");
  await page.getByRole("option", { name: "In progress" }).click();
  expect((await moved).postDataJSON()).toMatchObject({ status: "in_progress" });
  await expect(column(page, "In progress").getByRole("link", { name: "Call the printer" })).toBeVisible();
  await panel.getByRole("combobox", { name: "Priority" }).click();
  await page.getByRole("option", { name: "High" }).click();
  await panel.getByRole("button", { name: "Due date: not set. Change" }).click();
  await panel.getByLabel("Due date").fill("2031-05-04");
  await page.keyboard.press("Enter");
  await expect(panel.getByRole("button", { name: "Due date: May 4, 2031. Change" })).toBeFocused();
  await expect
    .poll(async () => (await api(page, "GET", `/boards/${board}/tasks`)).items[0].due_at)
    .toMatch(/^2031-05-0/);

  // What is typed into the description survives a reload, and is saved alone.
  await panel.getByRole("button", { name: "Edit description" }).click();
  await panel.getByRole("textbox", { name: "Description" }).fill("About the posters and the flyers");
  await page.reload();
  await expect(panel.getByRole("textbox", { name: "Description" })).toHaveValue("About the posters and the flyers");
  const saved = page.waitForRequest((request) => request.method() === "PATCH");
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  expect((await saved).postDataJSON()).toEqual({ description: "About the posters and the flyers" });
  await expect(panel.getByRole("textbox", { name: "Description" })).toBeHidden();

  await panel.getByRole("button", { name: "Delete task" }).click();
  await expect(panel).toBeHidden();
  await expect(card(page, "Call the printer")).toBeHidden();
  await expect.poll(async () => (await api(page, "GET", `/boards/${board}/tasks`)).total, { timeout: 20_000 }).toBe(0);
});

test("who may only read a board sees all of it and is told why nothing moves", async ({ page }) => {
  await signIn(page);
  const board = await createBoard(page, unique("Readers"));
  await withTasks(page, board, [{ title: "Look, but do not touch" }]);
  await askForApproval(page, board, { action_type: "task.execute" });
  await withRights(page, { role: "member", all_boards_write: false, board_access: [] });
  await page.reload();
  const create = page.getByRole("button", { name: "New task", exact: true });
  await expect(create).toHaveAttribute("aria-disabled", "true");
  await card(page, "Look, but do not touch").focus();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Delete");
  await expect(column(page, "Inbox").getByRole("link", { name: "Look, but do not touch" })).toBeVisible();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("dialog", { name: "Look, but do not touch" });
  await expect(panel.getByPlaceholder(/^You can read this board but not change it/)).toBeDisabled();
  await expect(panel.getByRole("button", { name: "Delete task" })).toHaveAttribute("aria-disabled", "true");
  expect((await api(page, "GET", `/boards/${board}/tasks`)).items[0].status).toBe("inbox");
  await page.goto(`/approvals?board=${board}`);
  await expect(page.getByRole("button", { name: /^Approve/ })).toHaveAttribute("aria-disabled", "true");
});

inEveryLook("the parts of a board are accessible", async (page, check, size) => {
  const board = await createBoard(page, unique("Looks"));
  await api(page, "POST", "/organizations/me/custom-fields", {
    field_key: unique("Estimate"),
    field_type: "integer",
    board_ids: [board],
  });
  await askForApproval(page, board, { action_type: "deploy.production" });
  const [first] = await withTasks(page, board, [
    { title: "Build", priority: "high", due_at: "2020-01-01T00:00:00Z" },
    { title: "Test" },
  ]);
  await api(page, "POST", `/boards/${board}/tasks`, { title: "Deploy", depends_on_task_ids: [first] });
  await expect(card(page, "Deploy")).toBeVisible();
  await card(page, "Deploy").focus();
  await page.keyboard.press("x");
  await check("board-selected");
  await page.keyboard.press("m");
  await expect(page.getByRole("menu")).toBeVisible();
  // Menus float above the page and so lie in no landmark.
  await check("board-card-menu", ["region"]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  if (size === "desktop") {
    await page.getByRole("button", { name: "New task in Inbox" }).click();
    await check("board-quick-add");
  }
  await page.goto(`/boards/${board}?view=list&group=assignee&only=overdue&priority=%5B%22high%22%5D`);
  await expect(card(page, "Build")).toBeVisible();
  await check("board-list-filtered");
  await card(page, "Build").click();
  await page.getByRole("button", { name: "History" }).click();
  await expect(page.getByRole("region", { name: "History" }).getByRole("listitem")).toHaveCount(1);
  await check("task-history");
  await page.goto(`/boards/${board}?panel=approvals`);
  await expect(page.getByText("Deploy production")).toBeVisible();
  await check("board-approvals");
});
