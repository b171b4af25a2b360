import { expect, type Locator, type Page, test } from "@playwright/test";
import { api, askForApproval, column, inPalette, signIn, unique } from "./console";

const MOST_TABS = 60;

const card = (page: Page, title: string) => page.getByRole("link", { name: title, exact: true });

/** Presses Tab until something has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
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
  await tabTo(page, second.getByRole("combobox", { name: "Add a dependency" }));
  await page.keyboard.type("Fir");
  await expect(page.getByRole("option", { name: "First" })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(second.getByText("One task must be done before")).toBeVisible();
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
  await expect(card(page, "First")).toBeFocused();
  await page.keyboard.press("e");
  await expect(first.getByRole("textbox", { name: "Title" })).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.type(" of all");
  await page.keyboard.press("Enter");
  await expect(card(page, "First of all")).toBeVisible();
  await page.keyboard.press("Escape");

  // What the agent asks is approved.
  await askForApproval(page, board, { action_type: "task.execute", confidence: 80 });
  await inPalette(page, "approvals of this");
  await page.keyboard.press("Enter");
  const approvals = page.getByRole("dialog", { name: "Approvals" });
  await tabTo(page, approvals.getByRole("link", { name: "Task execute" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Approvals", level: 1 })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeVisible();
  await page.keyboard.press("a");
  await page.keyboard.press("Enter");
  const decided = async () => (await api(page, "GET", `/boards/${board}/approvals`)).items[0].status;
  await expect.poll(decided, { timeout: 20_000 }).toBe("approved");

  // Back on the board First is closed, and Second is free.
  await inPalette(page, name);
  await expect(page.getByRole("option", { name }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await tabTo(page, card(page, "First of all"));
  await page.keyboard.press("Shift+ArrowRight");
  await expect(column(page, "Review").getByRole("link", { name: "First of all" })).toBeFocused();
  await page.keyboard.press("Shift+ArrowRight");
  await says("First of all moved to Done.");
  await expect(column(page, "Done").getByRole("link", { name: "First of all" })).toBeFocused();
  await tabTo(page, card(page, "Second"));
  await page.keyboard.press("Shift+ArrowRight");
  await says("Second moved to In progress.");

  // Deleted, and taken back.
  await page.keyboard.press("Delete");
  await says("Second deleted.");
  await tabTo(page, page.getByRole("button", { name: "Undo" }));
  await page.keyboard.press("Enter");
  await expect(card(page, "Second")).toBeVisible();
});
