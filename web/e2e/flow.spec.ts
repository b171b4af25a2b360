import { createHmac, randomUUID } from "node:crypto";
import { expect, type Page, test } from "@playwright/test";
import { column, createBoard, createTask, shot, signIn, unique } from "./console";

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

test("a wrong token is refused and says so", async ({ browser }) => {
  const page = await browser.newPage();
  await page.goto("/activity");
  await page.getByLabel("Access token").fill("not-the-token");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("does not accept this token");
  await page.close();
});

test("signing in leads to the page that was asked for, and signing out ends the session", async ({ page }) => {
  expect(await page.evaluate(() => document.cookie)).toBe("");
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain(
    process.env.MC_E2E_TOKEN,
  );
  await page.getByRole("button", { name: /open user menu/i }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByLabel("Access token")).toBeVisible();
  await page.goto("/settings");
  await expect(page).toHaveURL(/sign-in\?redirect=/);
  await page.getByLabel("Access token").fill(process.env.MC_E2E_TOKEN as string);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
  await expect(page.getByText("This browser", { exact: true })).toBeVisible();
});

test("a task goes over the board by keyboard, pointer and menu, and is talked about", async ({ page }) => {
  await createBoard(page, unique("Flow"));
  await createTask(page, "Write the announcement");
  const card = page.getByRole("link", { name: "Write the announcement" });

  await card.focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(column(page, "In progress").getByRole("link", { name: "Write the announcement" })).toBeFocused();
  await expect(page.getByText("Write the announcement moved to In progress.")).toBeAttached();

  await page.keyboard.press("m");
  await page.getByRole("menuitem", { name: "Review" }).click();
  await expect(column(page, "Review").getByRole("link", { name: "Write the announcement" })).toBeVisible();

  await card.dragTo(column(page, "Inbox"));
  await expect(column(page, "Inbox").getByRole("link", { name: "Write the announcement" })).toBeVisible();
  await shot(page, "board");

  await card.click();
  await expect(page).toHaveURL(/taskId=/);
  const panel = page.getByRole("dialog", { name: "Write the announcement" });
  const comment = panel.getByRole("textbox", { name: "Comment" });
  await comment.fill("A draft that is not sent yet");
  await page.reload();
  await expect(comment).toHaveValue("A draft that is not sent yet");
  await comment.fill("Please keep it **short**.");
  await comment.press("Enter");
  await expect(panel.getByText("short", { exact: true })).toHaveCSS("font-weight", /[6-9]00/);
  await expect(comment).toHaveValue("");
  await shot(page, "task");

  await page.goBack();
  await page.goBack();
  await expect(panel).toBeHidden();
});

test("filters live in the address", async ({ page }) => {
  await createBoard(page, unique("Filters"));
  await createTask(page, "Paint the door");
  await createTask(page, "Buy nails");
  await page.keyboard.press("/");
  await page.keyboard.type("nails");
  await expect(page.getByRole("link", { name: "Paint the door" })).toBeHidden();
  await expect(page).toHaveURL(/q=nails/);
  await page.reload();
  await expect(page.getByRole("link", { name: "Buy nails" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Paint the door" })).toBeHidden();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page.getByRole("link", { name: "Paint the door" })).toBeVisible();
});

test("a refused move is taken back and names what is in the way", async ({ page }) => {
  await createBoard(page, unique("Blocked"));
  await createTask(page, "Lay the foundation");
  await createTask(page, "Build the wall");
  await page.getByRole("link", { name: "Build the wall" }).click();
  const panel = page.getByRole("dialog", { name: "Build the wall" });
  await panel.getByRole("combobox", { name: "Add a dependency" }).fill("foundation");
  await page.getByRole("option", { name: /Lay the foundation/ }).click();
  await expect(panel.getByText("One task must be done before")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  const card = page.getByRole("link", { name: "Build the wall" });
  await card.focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(page.getByText("• Lay the foundation")).toBeVisible();
  await expect(column(page, "Inbox").getByRole("link", { name: "Build the wall" })).toBeVisible();
});

test("what one page does appears on another", async ({ page, context }) => {
  const board = await createBoard(page, unique("Live"));
  const other = await context.newPage();
  await other.goto(`/boards/${board}`);
  await expect(other.getByText("This board has no tasks yet")).toBeVisible();
  await expect(other.getByText("Live", { exact: true })).toBeAttached();
  await createTask(page, "Seen everywhere");
  await expect(other.getByRole("link", { name: "Seen everywhere" })).toBeVisible({ timeout: 5_000 });
});

test("when the page that holds the connection closes, the next one takes it over without a gap", async ({
  page,
  context,
  browser,
}) => {
  const board = await createBoard(page, unique("Handover"));
  const heir = await context.newPage();
  await heir.goto(`/boards/${board}`);
  await expect(heir.getByText("Live", { exact: true })).toBeAttached();
  await page.close();
  const elsewhere = await browser.newPage();
  await signIn(elsewhere);
  await elsewhere.goto(`/boards/${board}`);
  await createTask(elsewhere, "After the handover");
  await expect(heir.getByRole("link", { name: "After the handover" })).toBeVisible({ timeout: 5_000 });
  await elsewhere.close();
});

test("the page says since when it is offline and catches up when it is back", async ({ page, context, browser }) => {
  const board = await createBoard(page, unique("Offline"));
  await createTask(page, "Before");
  const elsewhere = await browser.newPage();
  await signIn(elsewhere);
  await elsewhere.goto(`/boards/${board}`);
  await context.setOffline(true);
  await expect(page.getByText(/^Offline since \d/)).toBeVisible({ timeout: 60_000 });
  await createTask(elsewhere, "While away");
  await context.setOffline(false);
  await expect(page.getByText("Live", { exact: true })).toBeAttached({ timeout: 30_000 });
  await expect(page.getByRole("link", { name: "While away" })).toBeVisible();
  await elsewhere.close();
});

test("a signed GitHub push appears in the open page within a second", { tag: "@measures" }, async ({
  page,
  request,
}) => {
  await createBoard(page, unique("Webhooks"));
  await page.getByRole("link", { name: "Webhooks", exact: true }).click();
  await page.getByRole("button", { name: "New webhook" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Instruction").fill("Create a task for each push.");
  const secret = await dialog.getByTestId("secret").innerText();
  await dialog.getByRole("button", { name: "Create webhook" }).click();
  await expect(dialog.getByText("The webhook is ready")).toBeVisible();
  expect(await dialog.getByTestId("secret").innerText()).toBe(secret);
  await expect(dialog.getByRole("region", { name: "Example command" })).toContainText("openssl dgst -sha256 -hmac");
  await shot(page, "webhook-created");
  await dialog.getByRole("button", { name: "Watch what arrives" }).click();
  await expect(page.getByText("Nothing has arrived yet")).toBeVisible();
  expect(await page.content()).not.toContain(secret);

  const path = await endpointPath(page);
  const body = JSON.stringify({
    ref: "refs/heads/main",
    repository: { full_name: "acme/site" },
    pusher: { name: "mia" },
  });
  const push = (signature: string) =>
    request.post(path, {
      data: Buffer.from(body),
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/0000000",
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": randomUUID(),
        "X-Hub-Signature-256": `sha256=${signature}`,
      },
    });
  expect((await push("0".repeat(64))).status()).toBe(403);
  expect((await push(createHmac("sha256", secret).update(body).digest("hex"))).status()).toBe(202);
  const entry = page.getByRole("listitem").filter({ hasText: "refs/heads/main" });
  await expect(entry).toBeVisible({ timeout: 1_000 });
  await entry.getByRole("link").click();
  const detail = page.getByRole("region", { name: "Payload", exact: true });
  await expect(detail.getByText('"full_name": "acme/site"')).toBeVisible();
  await expect(detail.getByText("x-github-event:")).toBeVisible();
  await shot(page, "payload");

  await page.getByRole("switch", { name: "Accept calls" }).click();
  await expect(page.getByText(/Switched off/)).toBeVisible();
  expect((await push(createHmac("sha256", secret).update(body).digest("hex"))).status()).toBe(410);
});

test("settings are saved, and a board is deleted only after its name was typed", async ({ page }) => {
  const name = unique("Settings");
  await createBoard(page, name);
  await page.getByRole("navigation", { name: "Board" }).getByRole("link", { name: "Settings" }).click();
  await page.getByRole("switch", { name: "Review needs a comment" }).click();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Settings saved")).toBeVisible();

  await page.getByRole("navigation", { name: "Board" }).getByRole("link", { name: "Tasks" }).click();
  await createTask(page, "Needs words");
  await page.getByRole("link", { name: "Needs words" }).focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(column(page, "In progress").getByRole("link", { name: "Needs words" })).toBeFocused();
  await page.keyboard.press("Shift+ArrowRight");
  await page.getByLabel("Comment").fill("It is ready.");
  await page.getByRole("button", { name: "Comment and move" }).click();
  await expect(column(page, "Review").getByRole("link", { name: "Needs words" })).toBeVisible();

  await page.getByRole("navigation", { name: "Board" }).getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Delete board…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill(name);
  await dialog.getByRole("button", { name: "Delete board" }).click();
  await expect(page).toHaveURL(/\/boards$/);
  await expect(page.getByRole("main").getByRole("link", { name })).toBeHidden();
});

test("an organization is created and left again, and each has its own boards", async ({ page }) => {
  const home = await page.getByRole("button", { name: /^Organization: / }).getAttribute("aria-label");
  const board = unique("At home");
  await createBoard(page, board);
  const name = unique("Acme");
  await page.getByRole("button", { name: /^Organization: / }).click();
  await page.getByRole("menuitem", { name: "Create organization…" }).click();
  const dialog = page.getByRole("dialog", { name: "Create an organization" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Create organization" }).click();
  await expect(page.getByRole("button", { name: `Organization: ${name}` })).toBeVisible();
  await expect(page.getByText("No boards yet")).toBeVisible();
  await page.getByRole("button", { name: `Organization: ${name}` }).click();
  await page.getByRole("menuitem", { name: home?.replace("Organization: ", "") }).click();
  await expect(page.getByRole("main").getByRole("link", { name: board })).toBeVisible();
});

test("a session that is ended elsewhere asks to sign in again and keeps the page", async ({ page, browser }) => {
  const board = await createBoard(page, unique("Revoked"));
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "New task" });
  await dialog.getByLabel("Title").fill("Typed before the session ended");
  const other = await browser.newPage();
  await signIn(other);
  await other.goto("/settings");
  await expect(other.getByText("This browser", { exact: true })).toBeVisible();
  const ends = other.getByRole("button", { name: /^End session of/, disabled: false });
  while ((await ends.count()) > 0) {
    const before = await ends.count();
    await ends.first().click();
    await expect(ends).toHaveCount(before - 1);
  }
  await expect(page.getByRole("dialog", { name: "Your session has ended" })).toBeVisible();
  await page.getByLabel("Access token").fill(process.env.MC_E2E_TOKEN as string);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Your session has ended" })).toBeHidden();
  await expect(page).toHaveURL(new RegExp(board));
  await expect(dialog.getByLabel("Title")).toHaveValue("Typed before the session ended");
  await other.close();
});

test("an agent of any runtime is made, checks in with the token that is shown once, and is deleted", async ({
  page,
}) => {
  const name = unique("Runner");
  await createBoard(page, name);
  await page.getByRole("link", { name: "Agents", exact: true }).click();
  await page.getByRole("button", { name: "New agent" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New agent" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("combobox", { name: "Board" }).click();
  await page.getByRole("option", { name }).click();
  await dialog.getByRole("button", { name: "Create agent" }).click();
  const token = await page.getByTestId("agent-token").innerText();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await expect(page.getByText("Has not called yet", { exact: true })).toBeVisible();
  const answer = await page.request.post("/api/v1/agent/heartbeat", { headers: { "X-Agent-Token": token } });
  expect(answer.status()).toBe(200);
  await expect(page.getByText("Online", { exact: true })).toBeVisible({ timeout: 5_000 });
  await page.getByRole("button", { name: /^Actions for/ }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await page.getByRole("button", { name: "Delete agent" }).click();
  await expect(page.getByRole("heading", { name: "Agents", level: 1 })).toBeVisible();
  await expect(page.getByRole("link", { name: new RegExp(`^${name} `) })).toHaveCount(0);
});

test("a gateway that cannot be reached is not added, and the broken rung is named", async ({ page }) => {
  await page.goto("/gateways");
  await page.getByRole("button", { name: "Add gateway" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add a gateway" });
  await dialog.getByLabel("Name").fill("Nobody there");
  await dialog.getByLabel("Address").fill("ws://127.0.0.1:9");
  await dialog.getByRole("button", { name: "Add gateway" }).click();
  const way = dialog.getByRole("region", { name: "Connection checks" });
  await expect(way.getByRole("listitem").filter({ hasText: "The port answers: no" })).toBeVisible();
  await expect(way.getByRole("alert")).not.toBeEmpty();
  await shot(page, "gateway-doctor");
});

test("chat messages reach the other page and the notes stay apart", async ({ page, context }) => {
  const board = await createBoard(page, unique("Chat"));
  const other = await context.newPage();
  await other.goto(`/boards/${board}?panel=chat`);
  await page.keyboard.press("c");
  const message = page.getByRole("textbox", { name: "Message to the agents" });
  await message.fill("Good morning");
  await message.press("Enter");
  await expect(page.getByRole("listitem").getByText("Good morning")).toBeVisible();
  await expect(other.getByRole("listitem").getByText("Good morning")).toBeVisible({ timeout: 5_000 });
  await page.getByRole("button", { name: "Notes", pressed: false }).last().click();
  await expect(page.getByText("No notes yet")).toBeVisible();
});

/** The path of the address that the open webhook page shows; the host may be another one than ours. */
async function endpointPath(page: Page): Promise<string> {
  const address = await page.getByRole("region", { name: "Webhook", exact: true }).locator("code").first().innerText();
  return new URL(address).pathname;
}
