import { expect, type Page, test } from "@playwright/test";
import { api, asAgent, askForApproval, column, createBoard, signIn, unique } from "./console";

const card = (page: Page, title: string) => page.getByRole("link", { name: title, exact: true });
const panelOf = (page: Page, title: string) => page.getByRole("dialog", { name: title });

/** A board with tasks, open in the page; gives its id and those of the tasks. */
async function withTasks(page: Page, ...titles: string[]) {
  const board = await createBoard(page, unique("Task"));
  const ids: string[] = [];
  for (const title of titles) {
    const made = await api(page, "POST", `/boards/${board}/tasks`, { title, description: "As it was" });
    ids.push(made.id);
  }
  await page.goto(`/boards/${board}`);
  await expect(page.locator("[data-task]")).toHaveCount(titles.length);
  return { board, ids };
}

test("a custom field of each type is filled in, and says what it cannot take", async ({ page }) => {
  await signIn(page);
  const { board } = await withTasks(page, "Typed");
  const types = [
    { type: "text", wrong: null, text: "Two words", shown: "Two words", value: "Two words" },
    { type: "text_long", wrong: null, text: "One\nTwo", shown: "One Two", value: "One\nTwo" },
    { type: "decimal", wrong: ["much", "Enter a number."], text: "2.5", shown: "2.5", value: 2.5 },
    { type: "date", wrong: null, text: "2031-05-04", shown: "May 4, 2031", value: "2031-05-04" },
    { type: "url", wrong: ["ftp://x", "Enter an address with http or https."], text: "https://example.org/a" },
    { type: "json", wrong: ["{a", "This is not JSON yet."], text: '{"a": 1}', value: { a: 1 } },
  ];
  const keys = types.map(({ type }) => unique(type));
  const flag = unique("flag");
  for (const [index, { type }] of types.entries()) {
    const field = { field_key: keys[index], field_type: type, ui_visibility: "always", board_ids: [board] };
    await api(page, "POST", "/organizations/me/custom-fields", field);
  }
  const toggle = { field_key: flag, field_type: "boolean", ui_visibility: "always", board_ids: [board] };
  await api(page, "POST", "/organizations/me/custom-fields", toggle);
  await page.reload();
  await card(page, "Typed").click();
  const panel = panelOf(page, "Typed");
  for (const [index, { type, wrong, text, shown }] of types.entries()) {
    const key = keys[index] as string;
    await panel.getByRole("button", { name: `${key}: Not set. Change` }).click();
    const control = panel.getByLabel(key, { exact: true });
    if (wrong) {
      await control.fill(wrong[0] as string);
      await control.press("Control+Enter");
      await expect(panel.getByText(wrong[1] as string)).toBeVisible();
    }
    await control.fill(text);
    await control.press("Control+Enter");
    if (type === "url") await expect(panel.getByRole("link", { name: text })).toHaveAttribute("rel", /noopener/);
    else await expect(panel.getByRole("button", { name: new RegExp(`^${key}: .*Change$`, "s") })).toBeVisible();
    if (shown) await expect(panel.getByRole("button", { name: `${key}: ${shown}. Change` })).toBeVisible();
  }
  await panel.getByRole("button", { name: `${flag}: Not set. Change` }).click();
  await panel.getByRole("combobox", { name: flag }).click();
  await page.getByRole("option", { name: "No", exact: true }).click();
  await expect(panel.getByRole("button", { name: `${flag}: No. Change` })).toBeVisible();
  const values = (await api(page, "GET", `/boards/${board}/tasks`)).items[0].custom_field_values;
  expect(values[flag]).toBe(false);
  for (const [index, { value, text }] of types.entries()) {
    expect(values[keys[index] as string]).toEqual(value ?? text);
  }
});

test("what a task depends on and what it blocks stands in both panels, and freed work is free at once", async ({
  page,
}) => {
  await signIn(page);
  const { board, ids } = await withTasks(page, "First", "Second");
  await api(page, "PATCH", `/boards/${board}`, { require_approval_for_done: false });
  await api(page, "PATCH", `/boards/${board}/tasks/${ids[1]}`, { depends_on_task_ids: [ids[0]] });
  await expect(page.locator("[data-task]").filter({ hasText: "Second" })).toContainText("Blocked by 1");
  await card(page, "First").click();
  const first = panelOf(page, "First");
  await expect(first.getByRole("heading", { name: "Blocks" })).toBeVisible();
  await first.getByRole("button", { name: "Second" }).click();
  const second = panelOf(page, "Second");
  await expect(second.getByText("One task must be done before")).toBeVisible();
  // Back leads from the panel to the board.
  await page.goBack();
  await expect(second).toBeHidden();
  await api(page, "PATCH", `/boards/${board}/tasks/${ids[0]}`, { status: "done" });
  await expect(page.locator("[data-task]").filter({ hasText: "Second" })).not.toContainText("Blocked");
  await card(page, "Second").focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(column(page, "In progress").getByRole("link", { name: "Second" })).toBeVisible();
});

test("a link leads to one comment, and approvals of a task stand in its panel", async ({ page }) => {
  await signIn(page);
  const { board, ids } = await withTasks(page, "Linked");
  const comments: { id: string }[] = [];
  for (const message of ["The first", "The second"]) {
    comments.push(await api(page, "POST", `/boards/${board}/tasks/${ids[0]}/comments`, { message }));
  }
  const agent = await api(page, "POST", "/agents", { name: unique("Noor").replaceAll(" ", ""), board_id: board });
  const said = { message: "Said by an agent" };
  await asAgent(page, agent.token, "POST", `/boards/${board}/tasks/${ids[0]}/comments`, said);
  await askForApproval(page, board, { action_type: "deploy.production", task_id: ids[0] });
  await page.goto(`/boards/${board}?taskId=${ids[0]}&commentId=${comments[0]?.id}`);
  const panel = panelOf(page, "Linked");
  await expect(panel.locator(`#comment-${comments[0]?.id}`)).toHaveClass(/arrive/);
  await expect(panel.locator(`#comment-${comments[1]?.id}`)).not.toHaveClass(/arrive/);
  // Everybody has their own name.
  const byAgent = panel.getByRole("listitem").filter({ hasText: "Said by an agent" });
  await expect(byAgent).toContainText(`${agent.name}agent`);
  await expect(panel.locator(`#comment-${comments[0]?.id}`)).not.toContainText(agent.name);
  await panel.getByRole("button", { name: "Approvals" }).click();
  const rows = panel.getByRole("region", { name: "Approvals of this task" });
  await expect(rows).toContainText("62% confidence");
  await rows.getByRole("link", { name: "Deploy production" }).click();
  await expect(page).toHaveURL(/approvals\?.*approval=/);
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeVisible();
});

test("going fast from task to task never shows the comments of another", async ({ page }) => {
  await signIn(page);
  const { board, ids } = await withTasks(page, "Slow", "Quick");
  for (const [index, message] of ["Of the slow one", "Of the quick one"].entries()) {
    await api(page, "POST", `/boards/${board}/tasks/${ids[index]}/comments`, { message });
  }
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(`**/tasks/${ids[0]}/comments*`, async (route) => {
    await held;
    await route.continue().catch(() => undefined);
  });
  await card(page, "Slow").click();
  await expect(panelOf(page, "Slow").getByRole("status", { name: "Loading comments" })).toBeVisible();
  await page.keyboard.press("k");
  const comments = panelOf(page, "Quick").getByRole("region", { name: "Comments" });
  await expect(comments.getByText("Of the quick one")).toBeVisible();
  answer();
  await page.keyboard.press("j");
  await expect(panelOf(page, "Slow").getByText("Of the slow one")).toBeVisible();
  await expect(panelOf(page, "Slow").getByText("Of the quick one")).toHaveCount(0);
});

test("two people who edit one task do not overwrite each other, and are told of the other's text", async ({ page }) => {
  await signIn(page);
  const { board, ids } = await withTasks(page, "Shared");
  await card(page, "Shared").click();
  const panel = panelOf(page, "Shared");
  await panel.getByRole("button", { name: "Edit description" }).click();
  const text = panel.getByRole("textbox", { name: "Description" });
  await text.fill("Mine");
  await api(page, "PATCH", `/boards/${board}/tasks/${ids[0]}`, { priority: "high", description: "Theirs" });
  await expect(panel.getByRole("alert")).toContainText("The description was changed elsewhere");
  await expect(text).toHaveValue("Mine");
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await expect(text).toBeHidden();
  // The other's priority stays.
  expect((await api(page, "GET", `/boards/${board}/tasks`)).items[0]).toMatchObject({
    priority: "high",
    description: "Mine",
  });
});

test("a move while offline is held, and sent when the server is back", async ({ page, context }) => {
  await signIn(page);
  const { board } = await withTasks(page, "Going places");
  await context.setOffline(true);
  await card(page, "Going places").focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(column(page, "In progress").getByRole("link", { name: "Going places" })).toBeVisible();
  await context.setOffline(false);
  const status = async () => (await api(page, "GET", `/boards/${board}/tasks`)).items[0].status;
  await expect.poll(status, { timeout: 30_000 }).toBe("in_progress");
  await expect(column(page, "In progress").getByRole("link", { name: "Going places" })).toBeVisible();
});

test("two quick moves of a task reach the server one after the other", async ({ page }) => {
  await signIn(page);
  const { board, ids } = await withTasks(page, "In a hurry");
  const sent: string[] = [];
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(`**/boards/${board}/tasks/${ids[0]}`, async (route) => {
    sent.push(route.request().postDataJSON().status);
    // On a slow way the second could overtake the first.
    if (sent.length === 1) await held;
    await route.continue();
  });
  await card(page, "In a hurry").focus();
  for (const name of ["In progress", "Review"]) {
    await page.keyboard.press("Shift+ArrowRight");
    await expect(column(page, name).getByRole("link", { name: "In a hurry" })).toBeFocused();
  }
  expect(sent).toEqual(["in_progress"]);
  answer();
  const status = async () => (await api(page, "GET", `/boards/${board}/tasks`)).items[0].status;
  await expect.poll(status).toBe("review");
  expect(sent).toEqual(["in_progress", "review"]);
  await expect(column(page, "Review").getByRole("link", { name: "In a hurry" })).toBeVisible();
});

test("what cannot be read says why and is read again: the board, the comments, the chat", async ({ page }) => {
  await signIn(page);
  const { board, ids } = await withTasks(page, "Broken");
  let broken = true;
  for (const path of [`**/boards/${board}/snapshot*`, `**/tasks/${ids[0]}/comments*`, `**/boards/${board}/memory*`]) {
    await page.route(path, (route) => {
      if (!broken) return route.continue();
      return route.fulfill({ status: 500, json: { detail: "The disk is full" } });
    });
  }
  await page.goto(`/boards/${board}?taskId=${ids[0]}`);
  await expect(page.getByText("The board could not be loaded")).toBeVisible({ timeout: 20_000 });
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(panelOf(page, "Broken").getByText("No comments yet")).toBeVisible();
  broken = true;
  await page.goto(`/boards/${board}`);
  await expect(page.getByText("The board could not be loaded")).toBeVisible({ timeout: 20_000 });
  await page.unroute(`**/boards/${board}/snapshot*`);
  await page.getByRole("button", { name: "Try again" }).click();
  await card(page, "Broken").click();
  await expect(page.getByText("The comments could not be loaded")).toBeVisible({ timeout: 20_000 });
  await page.goto(`/boards/${board}?panel=chat`);
  await expect(page.getByText("The chat could not be loaded")).toBeVisible({ timeout: 20_000 });
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Nobody has said anything yet")).toBeVisible();
});

test("the agents of a board show who works on what, and notes and tasks of agents appear by themselves", async ({
  page,
}) => {
  await signIn(page);
  const { board, ids } = await withTasks(page, "In hand");
  const agent = await api(page, "POST", "/agents", { name: unique("Mara").replaceAll(" ", ""), board_id: board });
  await api(page, "PATCH", `/boards/${board}/tasks/${ids[0]}`, { assigned_agent_id: agent.id, status: "in_progress" });
  await page.getByRole("button", { name: /^Agents of this board: 1/ }).click();
  const entry = page.getByRole("menuitem", { name: new RegExp(agent.name) });
  await expect(entry).toContainText("In hand");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Notes" }).click();
  const note = page.getByRole("textbox", { name: "New note" });
  await note.fill("The key lies *under the mat*.");
  await note.press("Enter");
  await expect(page.getByRole("listitem").filter({ hasText: "under the mat" })).toBeVisible();
  await asAgent(page, agent.token, "POST", `/boards/${board}/memory`, { content: "Found it", tags: ["note"] });
  await expect(page.getByRole("listitem").filter({ hasText: "Found it" })).toBeVisible({ timeout: 5_000 });
  await page.getByRole("button", { name: /^Agents of this board: 1/ }).click();
  await entry.click();
  await expect(page.getByRole("heading", { name: agent.name, level: 1 })).toBeVisible();
});

test("a lead that is not set up yet says so on its board", async ({ page }) => {
  await signIn(page);
  // Nothing listens there, so that the setup waits.
  const away = { name: unique("Away"), url: "ws://127.0.0.1:9", workspace_root: "/srv/openclaw" };
  const gateway = await api(page, "POST", "/gateways?check=false", away);
  const board = await createBoard(page, unique("Led"));
  await api(page, "PATCH", `/boards/${board}`, { gateway_id: gateway.id });
  const lead = { name: unique("Lena"), board_id: board, is_board_lead: true };
  await page.request.post("/api/v1/agents", {
    headers: { Authorization: `Bearer ${process.env.MC_E2E_TOKEN}` },
    data: lead,
  });
  await page.reload();
  await page.getByRole("button", { name: /^Agents of this board: 1/ }).click();
  const entry = page.getByRole("menuitem", { name: new RegExp(lead.name) });
  await expect(entry).toContainText("Lead");
  await expect(entry).toContainText("Gateway offline");
  await api(page, "DELETE", `/boards/${board}`);
  await api(page, "DELETE", `/gateways/${gateway.id}`);
});
