import { expect, type Locator, type Page, test } from "@playwright/test";
import { api, askForApproval, column, createBoard, createTask, signIn, unique, withRights } from "./console";

const tab = (page: Page, name: string) => page.getByRole("navigation", { name: "Board" }).getByRole("link", { name });

test("boards are found, sorted by group, opened by their menu and deleted there", async ({ page }) => {
  await signIn(page);
  const name = unique("Findable");
  const board = await createBoard(page, name);
  const group = await api(page, "POST", "/board-groups", { name: unique("Aaa"), slug: "", description: "" });
  await api(page, "PATCH", `/boards/${board}`, { board_group_id: group.id });
  // The board leads to its group.
  await page.getByRole("main").getByRole("link", { name: group.name }).click();
  await expect(page.getByRole("heading", { name: group.name, level: 1 })).toBeVisible();

  await page.goto(`/boards?q=${encodeURIComponent(name)}`);
  const row = page.getByRole("main").getByRole("listitem").filter({ hasText: name });
  await expect(row).toContainText(group.name);
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(1);
  await page.goto("/boards");
  await page.getByRole("button", { name: "By name" }).click();
  await page.getByRole("menuitemradio", { name: "By group" }).click();
  await expect(page).toHaveURL(/sort=group/);
  await expect(page.getByRole("main").getByRole("listitem").first()).toContainText(/Aaa/);

  await row.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await expect(page).toHaveURL(/settings/);
  await page.goBack();
  await expect(page).toHaveURL(/sort=group/);
  await row.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog", { name: `Delete “${name}”?` });
  const erase = dialog.getByRole("button", { name: "Delete board" });
  await expect(erase).toHaveAttribute("aria-disabled", "true");
  await dialog.getByRole("textbox").fill(name);
  // What the server refuses is told in the dialog, and the board stays.
  await page.route(`**/api/v1/boards/${board}`, (route) => route.abort(), { times: 1 });
  await erase.click();
  await expect(dialog.getByRole("alert")).not.toBeEmpty();
  await erase.click();
  await expect(dialog).toBeHidden();
  await expect(row).toHaveCount(0);
});

test("an address of an older console opens the form, and a new board takes its group along", async ({ page }) => {
  await signIn(page);
  const group = await api(page, "POST", "/board-groups", { name: unique("Club"), slug: "", description: "" });
  await page.goto("/boards/new");
  const dialog = page.getByRole("dialog", { name: "New board" });
  await dialog.getByRole("button", { name: "Create board" }).click();
  await expect(dialog.getByText("Give the board a name.")).toBeVisible();
  const name = unique("Goal");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Description").fill("A board of the browser tests");
  await dialog.getByRole("radio", { name: /^Goal/ }).click();
  await dialog.getByRole("textbox", { name: "Objective" }).fill("A hundred users");
  await dialog.getByLabel("Group").click();
  await page.getByRole("option", { name: group.name }).click();
  const made = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/boards"));
  await dialog.getByRole("button", { name: "Create board" }).dblclick();
  expect((await made).postDataJSON()).toMatchObject({ board_type: "goal", board_group_id: group.id });
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await expect(page.getByText("A hundred users")).toBeVisible();
  const boards = (await api(page, "GET", "/boards?limit=200")).items as { name: string }[];
  expect(boards.filter((board) => board.name === name)).toHaveLength(1);
});

test("settings are checked, saved by what was changed only, and shown when somebody else changes them", async ({
  page,
}) => {
  await signIn(page);
  const board = await createBoard(page, unique("Form"));
  await tab(page, "Settings").click();
  const save = page.getByRole("button", { name: "Save changes" });
  await expect(save).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("");
  await expect(page.getByText("A board needs a name.")).toBeVisible();
  await page.getByLabel("Most worker agents").fill("many");
  await expect(page.getByText("Enter a whole number, 0 or more.")).toBeVisible();
  await page.getByRole("button", { name: "Reset" }).click();
  await expect(page.getByText("A board needs a name.")).toBeHidden();

  await page.getByRole("radio", { name: /^Goal/ }).click();
  await expect(page.getByText("A goal board needs an objective.")).toBeVisible();
  await page.getByRole("textbox", { name: "Objective" }).fill("Ship");
  await page.getByLabel("Measure of success").fill("Ten users");
  await page.getByLabel("Target date").fill("2031-05-04");
  await page.getByLabel("Most worker agents").fill("3");
  await api(page, "PATCH", `/boards/${board}`, { description: "Changed elsewhere" });
  await expect(page.getByText("These settings were changed elsewhere.")).toBeVisible();
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await save.click();
  const changes = (await sent).postDataJSON();
  expect(Object.keys(changes).sort()).toEqual([
    "board_type",
    "max_agents",
    "objective",
    "success_metrics",
    "target_date",
  ]);
  await expect(page.getByText("Settings saved")).toBeVisible();
  expect(await api(page, "GET", `/boards/${board}`)).toMatchObject({
    description: "Changed elsewhere",
    objective: "Ship",
    max_agents: 3,
  });

  // A measure that an agent has given a shape of its own is edited as what it is.
  await api(page, "PATCH", `/boards/${board}`, { success_metrics: { users: 10, churn: "2 %" } });
  await page.reload();
  const measure = page.getByLabel("Measure of success");
  await expect(measure).toHaveValue(/"churn"/);
  await measure.fill("{users: 12");
  await expect(page.getByText("This is not an object in JSON.")).toBeVisible();
  await measure.fill('{"users": 12}');
  await save.click();
  await expect.poll(async () => (await api(page, "GET", `/boards/${board}`)).success_metrics).toEqual({ users: 12 });
});

test("each rule says before a move what it refuses, and the server says so too", async ({ page }) => {
  await signIn(page);
  const board = await createBoard(page, unique("Rules"));
  await createTask(page, "Ruled");
  const [task] = (await api(page, "GET", `/boards/${board}/tasks`)).items;
  const rule = async (label: string, on: boolean) => {
    await tab(page, "Settings").click();
    await page.getByRole("switch", { name: label }).setChecked(on);
    // Neither the notice of the rule before nor the answer to a move counts.
    const saved = page.waitForResponse(
      (answer) => answer.request().method() === "PATCH" && answer.ok() && answer.url().endsWith(`/boards/${board}`),
    );
    const save = page.getByRole("button", { name: "Save changes" });
    await save.click();
    await saved;
    await expect(save).not.toHaveAttribute("aria-busy");
    await tab(page, "Tasks").click();
    await expect(page.getByRole("link", { name: "Ruled" })).toBeVisible();
  };
  const menuOf = async () => {
    await page.getByRole("link", { name: "Ruled" }).focus();
    await page.keyboard.press("m");
    return page.getByRole("menu");
  };

  await rule("Done only from review", true);
  const done = (await menuOf()).getByRole("menuitem", { name: "Done" });
  await expect(done).toContainText("Has to be in Review first.");
  await expect(done).toHaveAttribute("aria-disabled", "true");
  await page.keyboard.press("Escape");
  await rule("Done only from review", false);

  await rule("Review needs a comment", true);
  await (await menuOf()).getByRole("menuitem", { name: "Review" }).click();
  const ask = page.getByRole("dialog");
  await ask.getByRole("button", { name: "Comment and move" }).click();
  await expect(ask).toBeVisible();
  await ask.getByLabel("Comment").fill("Ready for a look.");
  const moved = page.waitForRequest((request) => request.method() === "PATCH");
  await ask.getByRole("button", { name: "Comment and move" }).click();
  expect((await moved).postDataJSON()).toEqual({ status: "review", comment: "Ready for a look." });
  await expect(column(page, "Review").getByRole("link", { name: "Ruled" })).toBeVisible();

  // Only the server knows all approvals: the move is tried, and comes back with the reason.
  await rule("Done needs an approval", true);
  await page.getByRole("link", { name: "Ruled" }).focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(page.getByText("“Ruled” stays in Review")).toBeVisible();
  await expect(column(page, "Review").getByRole("link", { name: "Ruled" })).toBeVisible();

  await askForApproval(page, board, { action_type: "task.execute", task_id: task.id });
  await rule("Pending approvals hold a task", true);
  await expect(page.locator("[data-task]").filter({ hasText: "Ruled" })).toContainText("Approval needed");
  await expect((await menuOf()).getByRole("menuitem", { name: "Inbox" })).toContainText(
    "An approval for this task is still to be decided.",
  );
  await page.keyboard.press("Escape");
  // People may move tasks whatever agents may.
  const [approval] = (await api(page, "GET", `/boards/${board}/approvals`)).items;
  await api(page, "PATCH", `/boards/${board}/approvals/${approval.id}`, { status: "approved" });
  await rule("Only the lead agent moves tasks", true);
  await page.getByRole("link", { name: "Ruled" }).focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(column(page, "Done").getByRole("link", { name: "Ruled" })).toBeVisible();
});

test("members read the settings, and administrators pause and resume after a question", async ({ page }) => {
  await signIn(page);
  const name = unique("Pausing");
  const board = await createBoard(page, name);
  await page.getByRole("button", { name: "Pause the agents" }).click();
  const pause = page.getByRole("dialog", { name: "Pause the agents of this board?" });
  await pause.getByRole("button", { name: "Cancel" }).click();
  await expect(pause).toBeHidden();
  await page.getByRole("button", { name: "Pause the agents" }).click();
  await pause.getByRole("button", { name: "Pause agents" }).click();
  await expect(page.getByText(/The agents of this board are paused since/)).toBeVisible();
  await page.goto("/boards");
  const row = page.getByRole("main").getByRole("listitem").filter({ hasText: name });
  await expect(row).toContainText("Paused");
  await page.goto(`/boards/${board}`);
  await page.getByRole("button", { name: "Resume the agents" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Resume agents" }).click();
  await expect(page.getByText(/The agents of this board are paused since/)).toBeHidden();

  await withRights(page, { role: "member", all_boards_write: false, board_access: [] });
  await page.goto(`/boards/${board}/settings`);
  await expect(page.getByText(/^You can read this board but not change it/).first()).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toBeDisabled();
  await expect(page.getByRole("switch", { name: "Review needs a comment" })).toBeDisabled();
  await expect(page.getByRole("button", { name: "Delete board…" })).toHaveAttribute("aria-disabled", "true");
});

test("on a narrow tablet names of boards keep their room, beside all actions", async ({ page }) => {
  await page.setViewportSize({ width: 768, height: 900 });
  await signIn(page);
  const name = unique("Narrow board");
  const board = await createBoard(page, name);
  const group = await api(page, "POST", "/board-groups", {
    name: unique("A group with a long name"),
    slug: "",
    description: "",
  });
  await api(page, "PATCH", `/boards/${board}`, { board_group_id: group.id });
  const widthOf = async (locator: Locator) => (await locator.boundingBox())?.width ?? 0;
  const create = page.getByRole("button", { name: "New task" });
  await expect(create).toBeInViewport({ ratio: 1 });
  expect(await widthOf(page.getByRole("heading", { name, level: 1 }))).toBeGreaterThan(90);
  await page.goto("/boards");
  const link = page.getByRole("main").getByRole("link", { name, exact: true });
  await expect(link).toBeVisible();
  expect(await widthOf(link)).toBeGreaterThan(200);
});
