import { expect, type Locator, type Page, test } from "@playwright/test";
import { api, askForApproval, column, inPalette, signIn, unique } from "./console";

const MOST_TABS = 60;

const card = (page: Page, title: string) => page.getByRole("link", { name: title, exact: true });

/** Presses Tab until something has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < MOST_TABS; presses += 1) {
    if ((await target.count()) > 0 && (await target.evaluate((element) => element === document.activeElement))) return;
    await page.keyboard.press("Tab");
  }
  await expect(target).toBeFocused();
}

test("the whole way of a task works by keyboard alone", async ({ page }) => {
  test.slow();
  await signIn(page);
  const name = unique("Keys");
  const says = (text: string | RegExp) => expect(page.getByRole("status").filter({ hasText: text })).toBeAttached();

  // A board.
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await expect(page.getByRole("heading", { name: "Boards", level: 1 })).toBeVisible();
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "New board" });
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await page.keyboard.type(name);
  await tabTo(page, dialog.getByLabel("Description"));
  await page.keyboard.type("A board of the browser tests");
  await tabTo(page, dialog.getByRole("button", { name: "Create board" }));
  await page.keyboard.press("Enter");
  await expect(page.getByText("This board has no tasks yet")).toBeVisible();
  const board = new URL(page.url()).pathname.split("/")[2] as string;
  await api(page, "PATCH", `/boards/${board}`, { require_approval_for_done: false });
  const agent = unique("Ada").replaceAll(" ", "");
  await api(page, "POST", "/agents", { name: agent, board_id: board });

  // Tasks.
  for (const title of ["First", "Second"]) {
    await page.keyboard.press("n");
    await expect(page.getByRole("dialog", { name: "New task" }).getByLabel("Title")).toBeFocused();
    await page.keyboard.type(title);
    await page.keyboard.press("Control+Enter");
    await expect(card(page, title)).toBeVisible();
  }
  await page.keyboard.press("j");
  await expect(card(page, "Second")).toBeFocused();

  // Second waits for First.
  await page.keyboard.press("Enter");
  const second = page.getByRole("dialog", { name: "Second" });
  await expect(second).toBeVisible();
  await tabTo(page, second.getByRole("combobox", { name: "Add a task to wait for" }));
  await page.keyboard.type("Fir");
  await expect(page.getByRole("option", { name: "First" })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(second.getByText("One task has to be done before")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(second).toBeHidden();
  await expect(card(page, "Second")).toBeFocused();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(page.getByText("• First")).toBeVisible();

  // First is given to somebody, taken up, talked about and renamed.
  await page.keyboard.press("j");
  await expect(card(page, "First")).toBeFocused();
  await page.keyboard.press("a");
  await page.getByRole("menu").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await says(`assigned to ${agent}`);
  await expect(card(page, "First")).toBeFocused();
  await page.keyboard.press("m");
  await page.getByRole("menu").waitFor();
  await page.keyboard.type("In p");
  await page.keyboard.press("Enter");
  await says("First moved to In progress.");
  await expect(column(page, "In progress").getByRole("link", { name: "First" })).toBeFocused();
  await page.keyboard.press("c");
  const first = page.getByRole("dialog", { name: "First" });
  await expect(first.getByRole("textbox", { name: "Comment" })).toBeFocused();
  await page.keyboard.type("On it.");
  await page.keyboard.press("Enter");
  await expect(first.getByRole("listitem").filter({ hasText: "On it." })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(first).toBeHidden();

  await card(page, "First").focus();
  await page.keyboard.press("e");
  await expect(first.getByRole("textbox", { name: "Title" })).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.type(" of all");
  await page.keyboard.press("Enter");
  await expect(card(page, "First of all")).toBeVisible();
  await page.keyboard.press("Escape");

  await askForApproval(page, board, { action_type: "task.execute" });
  await inPalette(page, "approvals of this");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Approvals" }).getByText("Task execute")).toBeVisible();
  await page.keyboard.press("Escape");

  await card(page, "Second").focus();
  await page.keyboard.press("Delete");
  await says("Second deleted.");
  await page.getByRole("button", { name: "Undo" }).focus();
  await page.keyboard.press("Enter");
  await expect(card(page, "Second")).toBeVisible();
});
