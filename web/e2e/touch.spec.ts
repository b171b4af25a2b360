import { type CDPSession, expect, type Locator, type Page, test } from "@playwright/test";
import { api, column, createBoard, shot, signIn, unique } from "./console";

/*
 * A finger holds a card, carries it and lets it go. The moves come from the browser's own input, as from a screen that
 * is touched; what happens after the hold is waited for, not timed.
 */

const PHONE = { width: 390, height: 844 };
const TABLET = { width: 1180, height: 820 };

test.use({ hasTouch: true });

interface Point {
  x: number;
  y: number;
}

async function centre(locator: Locator): Promise<Point> {
  const box = await locator.boundingBox();
  if (!box) throw new Error("what is to be touched is not on screen");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** A finger on the page. */
async function finger(page: Page) {
  const session: CDPSession = await page.context().newCDPSession(page);
  const send = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: Point[]) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints });
  return {
    down: (at: Point) => send("touchStart", [at]),
    async move(from: Point, to: Point) {
      for (const part of [0.25, 0.5, 0.75, 1]) {
        await send("touchMove", [{ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }]);
      }
    },
    up: () => send("touchEnd", []),
  };
}

async function boardWith(page: Page, size: typeof PHONE, tasks: object[]): Promise<string> {
  await page.setViewportSize(size);
  await signIn(page);
  const board = await createBoard(page, unique("Touch"));
  for (const task of tasks) await api(page, "POST", `/boards/${board}/tasks`, task);
  await page.goto(`/boards/${board}`);
  await expect(page.locator("[data-task]").first()).toBeVisible();
  return board;
}

const tab = (page: Page, name: string) =>
  page.getByRole("group", { name: "Column" }).getByRole("button", { name: new RegExp(`${name}$`) });

test("on a phone a card that is held is carried to the tab of another column", async ({ page }) => {
  const board = await boardWith(page, PHONE, [{ title: "Carry me" }, { title: "Stays" }]);
  const hand = await finger(page);
  const card = page.locator("[data-task]").filter({ hasText: "Carry me" });
  const from = await centre(card);
  await hand.down(from);
  await expect(page.locator(".carried")).toBeVisible();
  const review = await centre(tab(page, "Review"));
  await hand.move(from, review);
  await shot(page, "touch-carried");
  await hand.up();
  await expect(page.locator(".carried")).toHaveCount(0);
  await expect(tab(page, "Review")).toContainText("1");
  await expect(card).toHaveCount(0);
  await expect
    .poll(async () => (await api(page, "GET", `/boards/${board}/tasks?status=review`)).items.map(title))
    .toEqual(["Carry me"]);
  // The card was carried, not pressed.
  expect(page.url()).not.toContain("taskId");

  // What the rules refuse is said while it is still in the finger's hold.
  await api(page, "PATCH", `/boards/${board}`, { require_review_before_done: true });
  await expect(async () => {
    const stays = await centre(page.locator("[data-task]").filter({ hasText: "Stays" }));
    await hand.down(stays);
    await expect(page.locator(".carried")).toBeVisible();
    await hand.move(stays, await centre(tab(page, "Done")));
    await expect(page.getByText("Has to be in Review first.")).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await hand.up();
  await expect(page.getByText("“Stays” stays in Inbox")).toBeVisible();
  await expect(page.locator("[data-task]").filter({ hasText: "Stays" })).toBeVisible();
});

test("on a phone a swipe goes to the column beside, and a tap opens the task or its menu", async ({ page }) => {
  await boardWith(page, PHONE, [{ title: "Tap me" }, { title: "At work", status: "in_progress" }]);
  const hand = await finger(page);
  const swipe = async (by: number) => {
    const from = { x: PHONE.width / 2 - by / 2, y: 700 };
    await hand.down(from);
    await hand.move(from, { x: from.x + by, y: from.y });
    await hand.up();
  };
  await swipe(-160);
  await expect(tab(page, "In progress")).toHaveAttribute("aria-pressed", "true");
  await expect(page).toHaveURL(/column=in_progress/);
  await expect(page.getByRole("link", { name: "At work" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("link", { name: "At work" })).toBeVisible();
  await swipe(160);
  await expect(tab(page, "Inbox")).toHaveAttribute("aria-pressed", "true");

  // One tap opens the menu, one chooses.
  await page.getByRole("button", { name: "Actions for “Tap me”" }).tap();
  await page.getByRole("menuitem", { name: "In progress" }).tap();
  await expect(tab(page, "In progress")).toContainText("2");
  await tab(page, "In progress").tap();
  await page.getByRole("link", { name: "Tap me" }).tap();
  await expect(page.getByRole("dialog", { name: "Tap me" })).toBeVisible();
});

test("on a tablet a card that is held is carried from one column into another", async ({ page }) => {
  await boardWith(page, TABLET, [{ title: "Across" }]);
  const hand = await finger(page);
  const from = await centre(page.locator("[data-task]").filter({ hasText: "Across" }));
  await hand.down(from);
  await expect(page.locator(".carried")).toBeVisible();
  await hand.move(from, await centre(column(page, "In progress")));
  await hand.up();
  await expect(column(page, "In progress").getByRole("link", { name: "Across" })).toBeVisible();

  // Who scrolls does not carry.
  const again = await centre(page.locator("[data-task]").filter({ hasText: "Across" }));
  await hand.down(again);
  await hand.move(again, { x: again.x, y: again.y + 60 });
  await hand.up();
  await expect(page.locator(".carried")).toHaveCount(0);
  await expect(column(page, "In progress").getByRole("link", { name: "Across" })).toBeVisible();
});

function title(task: { title: string }): string {
  return task.title;
}
