import { expect, type Page, test } from "@playwright/test";
import { createBoard, signIn, unique, withRights } from "./console";

const PHONE = { width: 375, height: 812 };

const opener = (page: Page) => page.getByRole("button", { name: "Open navigation" });
const drawer = (page: Page) => page.getByRole("dialog", { name: "Navigation" });

test.describe("nobody is signed in", () => {
  test.use({ viewport: PHONE });

  for (const path of ["/activity", "/boards", "/boards/b1", "/dashboard", "/organization"]) {
    test(`${path} asks for the token, shows no navigation, and is where one comes out`, async ({ page }) => {
      await page.goto(path);
      await expect(page.getByLabel("Access token")).toBeVisible();
      await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
      await expect(opener(page)).toHaveCount(0);
      expect(new URL(page.url()).searchParams.get("redirect")).toBe(path);
    });
  }
});

test("who has signed in once opens every page at once", async ({ page, context }) => {
  await signIn(page);
  const other = await context.newPage();
  for (const [path, title] of [
    ["/activity", "Activity"],
    ["/tags", "Tags"],
  ] as const) {
    await other.goto(path);
    await expect(other.getByRole("heading", { name: title, level: 1 })).toBeVisible();
    await expect(other).toHaveTitle(new RegExp(title));
  }
});

test.describe("on a phone", () => {
  test.use({ viewport: PHONE });

  test("the navigation is a drawer that a press beside it, Escape, its button and a link close", async ({ page }) => {
    await signIn(page);
    await expect(opener(page)).toBeVisible();
    await expect(drawer(page)).toBeHidden();
    const backdrop = page.locator(".backdrop");
    await expect(backdrop).toHaveCount(0);

    await opener(page).click();
    await expect(drawer(page)).toBeVisible();
    await expect(backdrop).toBeVisible();
    await page.mouse.click(PHONE.width - 20, PHONE.height / 2);
    await expect(drawer(page)).toBeHidden();
    await expect(backdrop).toHaveCount(0);

    await opener(page).click();
    await expect(drawer(page)).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(drawer(page)).toBeHidden();
    await expect(opener(page)).toBeFocused();

    await opener(page).click();
    await page.getByRole("button", { name: "Close navigation" }).click();
    await expect(drawer(page)).toBeHidden();

    await page.goto("/dashboard");
    await opener(page).click();
    await drawer(page).getByRole("link", { name: "Boards", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Boards", level: 1 })).toBeVisible();
    await expect(drawer(page)).toBeHidden();
  });
});

test.describe("on a desktop", () => {
  test.use({ viewport: { width: 1280, height: 800 } });

  test("the navigation stands beside every page, and keys lead through it", async ({ page }) => {
    await signIn(page);
    await expect(opener(page)).toHaveCount(0);
    await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
    await page.keyboard.press("g");
    await page.keyboard.press("y");
    await expect(page.getByRole("heading", { name: "Activity", level: 1 })).toBeVisible();
    await expect(page.getByRole("link", { name: "Activity", exact: true })).toHaveAttribute("aria-current", "page");

    await page.reload();
    await expect(page.getByRole("heading", { name: "Activity", level: 1 })).toBeVisible();
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("main")).toBeFocused();
  });

  test("theme and density are chosen in the user menu and kept", async ({ page }) => {
    await signIn(page);
    const root = page.locator("html");
    await expect(root).toHaveAttribute("data-theme", "light");
    for (const [choice, name, value] of [
      ["Dark", "data-theme", "dark"],
      ["Compact rows", "data-density", "compact"],
    ] as const) {
      await page.getByRole("button", { name: /open user menu/i }).click();
      await page.getByRole("menuitemradio", { name: choice }).click();
      await expect(root).toHaveAttribute(name, value);
    }
    await page.reload();
    await expect(root).toHaveAttribute("data-theme", "dark");
    await expect(root).toHaveAttribute("data-density", "compact");
  });
});

test("the list of boards finds one by its words, and says who makes boards", async ({ page }) => {
  await signIn(page);
  const name = unique("Findable");
  await createBoard(page, name);
  await page.goto("/boards");
  await expect(page.getByRole("main").getByRole("link", { name })).toBeVisible();
  await withRights(page, { role: "member" });
  await page.reload();
  const create = page.getByRole("button", { name: "New board" }).first();
  await expect(create).toHaveAttribute("aria-disabled", "true");
  const navigation = page.getByRole("navigation", { name: "Main" });
  await expect(navigation.getByRole("link", { name: "Settings" })).toBeVisible();
  await expect(navigation.getByRole("link", { name: "Gateways" })).toHaveCount(0);
  await create.hover();
  await expect(page.getByText("Only administrators of the organization can do this.").first()).toBeVisible();
});
