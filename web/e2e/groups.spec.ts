import { expect, test } from "@playwright/test";
import { api, createBoard, signIn, unique, withRights } from "./console";
import { inEveryLook } from "./looks";

test("a group is made of boards, changed and deleted, and its boards stay", async ({ page }) => {
  await signIn(page);
  const [first, second] = [unique("First"), unique("Second")];
  await createBoard(page, first);
  await createBoard(page, second);
  const name = unique("Launch");

  await page.goto("/board-groups/new");
  const create = page.getByRole("dialog", { name: "New group" });
  await create.getByRole("button", { name: "Create group" }).click();
  await expect(create.getByText("A group needs a name.")).toBeVisible();
  await create.getByLabel("Name").fill(name);
  await create.getByLabel("Description").fill("Everything about the launch");
  await create.getByRole("searchbox", { name: "Find a board" }).fill(first);
  await create.getByRole("checkbox", { name: first }).click();
  await create.getByRole("button", { name: "Create group" }).click();
  await expect(create).toBeHidden();
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("Everything about the launch");

  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Edit…" }).click();
  const edit = page.getByRole("dialog", { name: `Edit “${name}”` });
  await expect(edit.getByRole("checkbox", { name: first })).toBeChecked();
  await edit.getByRole("checkbox", { name: first }).click();
  await edit.getByRole("checkbox", { name: second }).click();
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "PATCH") sent.push(`${request.url().split("/v1/")[1]?.split("/")[0]}`);
  });
  await edit.getByRole("button", { name: "Save changes" }).click();
  await expect(edit).toBeHidden();
  // Only the two boards have changed.
  expect(sent).toEqual(["boards", "boards"]);

  await row.getByRole("link").click();
  const boards = page.getByRole("main").getByRole("list", { name: "Boards" });
  await expect(boards.getByRole("link", { name: second })).toBeVisible();
  await expect(boards.getByRole("link", { name: first })).toBeHidden();

  await page.goto("/board-groups?sort=-updated_at");
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete group" }).click();
  await expect(row).toHaveCount(0);
  await page.goto("/boards");
  await expect(page.getByRole("main").getByRole("link", { name: second })).toBeVisible();
});

/** A group of one board with tasks and an agent; gives their ids and the agent's name. */
async function withGroup(page: import("@playwright/test").Page) {
  const board = await createBoard(page, unique("Member"));
  const group = await api(page, "POST", "/board-groups", { name: unique("Cockpit"), slug: "", description: "One aim" });
  await api(page, "PATCH", `/boards/${board}`, { board_group_id: group.id });
  const agent = await api(page, "POST", "/agents", { name: unique("Iris").replaceAll(" ", ""), board_id: board });
  await api(page, "POST", `/boards/${board}/tasks`, { title: "Draw the map", assigned_agent_id: agent.id });
  await api(page, "POST", `/boards/${board}/tasks`, { title: "Pack the bags" });
  return { board, group: group.id as string, agent: agent.name as string };
}

test("the boards of a group are seen at a glance, and their agents are talked to and paced", async ({
  page,
  context,
}) => {
  await signIn(page);
  const { board, group, agent } = await withGroup(page);
  await page.goto(`/board-groups/${group}`);
  await expect(page.getByText("One aim")).toBeVisible();
  await expect(page.getByRole("link", { name: "Draw the map" })).toBeVisible();
  await page.getByRole("combobox", { name: "Tasks of each board" }).click();
  await page.getByRole("option", { name: "Counts only" }).click();
  await expect(page).toHaveURL(/tasks=0/);
  await expect(page.getByRole("link", { name: "Draw the map" })).toBeHidden();
  await page.getByRole("checkbox", { name: "With done tasks" }).click();
  await expect(page).toHaveURL(/done=true/);

  const other = await context.newPage();
  await other.goto(`/board-groups/${group}?panel=chat`);
  await expect(other.getByText("Nobody has said anything yet")).toBeVisible();
  await page.getByRole("button", { name: "Chat", exact: true }).click();
  const chat = page.getByRole("dialog", { name: "Chat of the group" });
  const message = chat.getByRole("textbox", { name: "Message to the group" });
  await message.pressSequentially("We go at nine, @al");
  await expect(page.getByRole("option", { name: /all/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(message).toHaveValue("We go at nine, @all ");
  await page.keyboard.press("Enter");
  await expect(chat.getByRole("listitem").filter({ hasText: "We go at nine" })).toContainText("to everybody");
  await expect(other.getByRole("listitem").filter({ hasText: "We go at nine" })).toBeVisible({ timeout: 5_000 });
  await other.close();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Notes", exact: true }).click();
  const notes = page.getByRole("dialog", { name: "Notes of the group" });
  await expect(notes.getByText("No notes yet")).toBeVisible();
  await notes.getByRole("checkbox", { name: "Tell every agent of the group" }).click();
  await notes.getByRole("textbox", { name: "New note" }).fill("The bus leaves at **eight**.");
  await page.keyboard.press("Enter");
  const note = notes.getByRole("listitem").filter({ hasText: "The bus leaves" });
  await expect(note).toBeVisible();
  await expect(note).not.toContainText("to everybody");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Pace…" }).first().click();
  const pace = page.getByRole("dialog", { name: "Pace of the agents" });
  await pace.getByLabel("Every").fill("often");
  await expect(pace.getByText(/A number and a unit/)).toBeVisible();
  await pace.getByRole("button", { name: "15m" }).click();
  await pace.getByRole("button", { name: "Apply" }).click();
  await expect(pace.getByRole("list", { name: "Result" })).toContainText(agent);
  const [paced] = (await api(page, "GET", `/agents?board_id=${board}`)).items;
  expect(paced.heartbeat_config.every).toBe("15m");
});

test("a board that cannot be moved is named, and the group stays as it was saved", async ({ page }) => {
  await signIn(page);
  const [willing, stubborn] = [unique("Willing"), unique("Stubborn")];
  const refused = await createBoard(page, stubborn);
  await createBoard(page, willing);
  await page.route(`**/api/v1/boards/${refused}`, (route) =>
    route.request().method() === "PATCH"
      ? route.fulfill({ status: 403, json: { detail: "You may not change this board" } })
      : route.continue(),
  );
  await page.goto("/board-groups?edit=new");
  const create = page.getByRole("dialog", { name: "New group" });
  const name = unique("Partial");
  await create.getByLabel("Name").fill(name);
  for (const board of [willing, stubborn]) await create.getByRole("checkbox", { name: board }).click();
  await create.getByRole("button", { name: "Create group" }).click();
  const failed = create.getByRole("alert");
  await expect(failed).toContainText(`${stubborn}: You may not change this board`);
  await expect(failed).not.toContainText(willing);
  // The group is there: it is not made once more.
  await expect(create.getByRole("button", { name: "Create group" })).toBeHidden();
  await create.getByRole("button", { name: "Close", exact: true }).last().click();
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("1");
  await row.getByRole("link").click();
  const boards = page.getByRole("main").getByRole("list", { name: "Boards" });
  await expect(boards.getByRole("link", { name: willing })).toBeVisible();
  await expect(boards.getByRole("link", { name: stubborn })).toHaveCount(0);
});

test("the headings of a long table stay in sight", async ({ page }) => {
  await signIn(page);
  const name = unique("Sticky");
  for (let count = 0; count < 8; count += 1) {
    await api(page, "POST", "/board-groups", { name: `${name} ${count}`, slug: "", description: "One of many" });
  }
  await page.setViewportSize({ width: 1200, height: 320 });
  await page.goto("/board-groups");
  const last = page.getByRole("row").filter({ hasText: `${name} 7` });
  await last.scrollIntoViewIfNeeded();
  await expect(last).toBeInViewport();
  await expect(page.getByRole("columnheader", { name: "Group" })).toBeInViewport();
});

test("who may only read a group is told so where one would write", async ({ page }) => {
  await signIn(page);
  const { group } = await withGroup(page);
  await withRights(page, { role: "member", all_boards_write: false, board_access: [] });
  await page.goto(`/board-groups/${group}?panel=chat`);
  const chat = page.getByRole("dialog", { name: "Chat of the group" });
  await expect(chat.getByPlaceholder(/^You can read this group\./)).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Pace…" }).first()).toHaveAttribute("aria-disabled", "true");
  await page.goto("/board-groups");
  await expect(page.getByRole("button", { name: "New group" }).first()).toHaveAttribute("aria-disabled", "true");
});

inEveryLook("the board groups are accessible", async (page, check) => {
  const { group } = await withGroup(page);
  await page.goto("/board-groups");
  await expect(page.getByRole("link", { name: /^Cockpit/ }).first()).toBeVisible();
  await check("groups");
  await page.goto(`/board-groups?edit=${group}`);
  await expect(page.getByRole("dialog").getByLabel("Name")).toBeVisible();
  await check("group-edit");
  await page.goto(`/board-groups/${group}`);
  await expect(page.getByRole("link", { name: "Draw the map" })).toBeVisible();
  await check("group");
  await page.getByRole("button", { name: "Pace…" }).filter({ visible: true }).click();
  await expect(page.getByRole("dialog", { name: "Pace of the agents" })).toBeVisible();
  await check("group-pace");
  for (const panel of ["chat", "notes"]) {
    await page.goto(`/board-groups/${group}?panel=${panel}`);
    await expect(page.getByRole("dialog")).toBeVisible();
    await check(`group-${panel}`);
  }
  await page.goto("/board-groups/00000000-0000-4000-8000-000000000000");
  await expect(page.getByText("The group could not be loaded")).toBeVisible({ timeout: 20_000 });
  await check("group-error");
});
