import { expect, type Page, test } from "@playwright/test";
import { api, column, createBoard, shot, signIn, unique } from "./console";
import { inEveryLook } from "./looks";

/** A board with an agent and tasks in three states; gives its id and the agent's. */
async function withLanes(page: Page) {
  const board = await createBoard(page, unique("Lanes"));
  const agent = await api(page, "POST", "/agents", { name: unique("Ada").replaceAll(" ", ""), board_id: board });
  const task = (title: string, rest: object) => api(page, "POST", `/boards/${board}/tasks`, { title, ...rest });
  await task("Urgent", { priority: "high" });
  await task("Usual", { priority: "medium", assigned_agent_id: agent.id });
  await task("At work", { priority: "medium", status: "in_progress", assigned_agent_id: agent.id });
  await task("Seen", { priority: "low", status: "review" });
  return { board, agent: agent as { id: string; name: string } };
}

const lane = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

test("a column is folded and limited, in the address and in a saved view", async ({ page }) => {
  await signIn(page);
  const { board } = await withLanes(page);
  await page.goto(`/boards/${board}`);
  await page.getByRole("button", { name: "Options of the column Inbox" }).click();
  await page.getByRole("menuitem", { name: "Set a limit…" }).click();
  const dialog = page.getByRole("dialog", { name: "Limit of “Inbox”" });
  await dialog.getByLabel("At most").fill("1");
  await dialog.getByRole("button", { name: "Set limit" }).click();
  await expect(column(page, "Inbox").getByText("2 / 1")).toBeVisible();
  await expect(column(page, "Inbox").getByText("over its limit")).toBeAttached();

  await page.getByRole("button", { name: "Options of the column Review" }).click();
  await page.getByRole("menuitem", { name: "Fold the column" }).click();
  const unfold = page.getByRole("button", { name: "Unfold Review" });
  await expect(unfold).toBeVisible();
  await expect(page.getByRole("link", { name: "Seen" })).toBeHidden();
  await page.reload();
  await expect(unfold).toBeVisible();
  await expect(column(page, "Inbox").getByText("2 / 1")).toBeVisible();

  // Cards can be put into a folded column, and the keys go over it.
  await page.getByRole("link", { name: "At work" }).dragTo(unfold);
  await expect(unfold).toContainText("2");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "Save this view…" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Without review");
  await page.getByRole("button", { name: "Save view" }).click();
  await unfold.click();
  await expect(page.getByRole("link", { name: "Seen" })).toBeVisible();
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "Without review" }).click();
  await expect(unfold).toBeVisible();
});

test("a card that is dropped in another lane becomes what the lane stands for", async ({ page }) => {
  await signIn(page);
  const { board, agent } = await withLanes(page);
  await page.goto(`/boards/${board}`);
  await page.getByRole("button", { name: "Display" }).click();
  await page.getByRole("menuitemradio", { name: "A lane for each priority" }).click();
  await expect(page).toHaveURL(/group=priority/);
  await expect(lane(page, "High, Inbox").getByRole("link", { name: "Urgent" })).toBeVisible();
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await page.getByRole("link", { name: "Usual" }).dragTo(lane(page, "High, In progress"));
  // State and priority are one change.
  expect((await sent).postDataJSON()).toEqual({ status: "in_progress", priority: "high" });
  await expect(lane(page, "High, In progress").getByRole("link", { name: "Usual" })).toBeVisible();

  await page.getByRole("link", { name: "Urgent" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("link", { name: "Usual" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("link", { name: "At work" })).toBeFocused();
  await page.getByRole("button", { name: /^Medium/ }).click();
  await expect(page.getByRole("link", { name: "At work" })).toBeHidden();
  await shot(page, "board-lanes");

  await page.goto(`/boards/${board}?group=assignee`);
  await page.getByRole("link", { name: "Seen" }).dragTo(lane(page, `${agent.name}, Review`));
  await expect(lane(page, `${agent.name}, Review`).getByRole("link", { name: "Seen" })).toBeVisible();
  await expect
    .poll(async () => (await api(page, "GET", `/boards/${board}/tasks?status=review`)).items[0].assigned_agent_id)
    .toBe(agent.id);
});

test("Done shows what was finished last, and the rest on request", async ({ page }) => {
  await signIn(page);
  const board = await createBoard(page, unique("Finished"));
  await api(page, "PATCH", `/boards/${board}`, { require_approval_for_done: false });
  const make = (title: string) => api(page, "POST", `/boards/${board}/tasks`, { title, status: "done" });
  await Promise.all(Array.from({ length: 52 }, (_, index) => make(`Finished ${index}`)));
  await page.goto(`/boards/${board}`);
  const more = column(page, "Done").getByRole("button", { name: "Show older (2)" });
  await more.click();
  await expect(more).toBeHidden();
});

test("a task is duplicated with its fields", async ({ page }) => {
  await signIn(page);
  const { board, agent } = await withLanes(page);
  await page.goto(`/boards/${board}`);
  await page.getByRole("link", { name: "At work" }).focus();
  await page.keyboard.press("m");
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  await expect(column(page, "Inbox").getByRole("link", { name: "At work (copy)" })).toBeVisible();
  const copies = (await api(page, "GET", `/boards/${board}/tasks?status=inbox`)).items;
  expect(copies).toContainEqual(
    expect.objectContaining({ title: "At work (copy)", priority: "medium", assigned_agent_id: agent.id }),
  );
});

inEveryLook("columns and lanes are accessible", async (page, check, size) => {
  const { board } = await withLanes(page);
  await page.goto(`/boards/${board}?group=assignee&folded=%5B%22done%22%5D&limit=%7B%22inbox%22%3A1%7D`);
  await expect(page.locator("[data-task]").first()).toBeVisible();
  await check("board-lanes");
  await page.goto(`/boards/${board}?folded=%5B%22done%22%5D&limit=%7B%22inbox%22%3A1%7D`);
  await expect(page.locator("[data-task]").first()).toBeVisible();
  await check("board-folded");
  if (size === "phone") return;
  await page.getByRole("button", { name: "Options of the column Inbox" }).click();
  await page.getByRole("menuitem", { name: "Limit of 1…" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await check("board-limit");
});
