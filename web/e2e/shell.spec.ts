import { expect, type Page, test } from "@playwright/test";
import { api, createBoard, required, signIn, unique, withRights } from "./console";

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

test("the console can be installed: its manifest is sound, its icons load, and it starts on a page of its own", async ({
  page,
}) => {
  await page.goto("/sign-in");
  const client = await page.context().newCDPSession(page);
  const { url, errors, data } = await client.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data ?? "");
  expect(manifest.display).toBe("standalone");
  // The colour of the window before the page is there is one that the page has.
  const colours = await page
    .locator("meta[name=theme-color]")
    .evaluateAll((all) => all.map((one) => one.getAttribute("content")));
  expect(colours).toContain(manifest.theme_color);
  for (const { src, sizes } of manifest.icons) {
    const width = await page.evaluate(async (address) => {
      const icon = new Image();
      icon.src = address;
      await icon.decode();
      return icon.naturalWidth;
    }, new URL(src, url).href);
    if (sizes !== "any") expect(`${width}x${width}`, src).toBe(sizes);
  }
  const starts = [manifest.start_url, ...manifest.shortcuts.map((shortcut: { url: string }) => shortcut.url)];
  for (const start of starts) {
    await page.goto(new URL(start, url).href);
    await expect(page.getByLabel("Access token")).toBeVisible();
    expect(new URL(page.url()).searchParams.get("redirect") ?? "/").toBe(start);
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

test("each tab stays in its organization: switching in one changes nothing in the other", async ({ page, context }) => {
  await signIn(page);
  const home = await api(page, "GET", "/organizations/me");
  const shown = (tab: Page, name: string) =>
    expect(tab.getByRole("button", { name: `Organization: ${name}`, exact: true })).toBeVisible();
  const here = unique("Of this tab");
  await createBoard(page, here);
  await page.goto("/boards");
  const other = await context.newPage();
  await other.goto("/boards");
  await shown(other, home.name);

  const elsewhere = unique("Elsewhere");
  await other.getByRole("button", { name: /^Organization: / }).click();
  await other.getByRole("menuitem", { name: "Create organization…" }).click();
  await other.getByRole("dialog").getByLabel("Name").fill(elsewhere);
  await other.getByRole("button", { name: "Create organization" }).click();
  await shown(other, elsewhere);
  await expect(other.getByRole("link", { name: here })).toHaveCount(0);
  // It is the active one now, where new tabs begin. This tab stays where it is, also after a reload.
  const { id } = await api(page, "GET", "/organizations/me");
  expect(id).not.toBe(home.id);
  await shown(page, home.name);
  await page.reload();
  await shown(page, home.name);
  await expect(page.getByRole("main").getByRole("link", { name: here })).toBeVisible();

  // Each hears of its own organization at once.
  const [mine, theirs] = [unique("Mine"), unique("Theirs")];
  const make = (name: string, organization: string) =>
    page.request.post("/api/v1/boards", {
      data: { name, slug: "", description: "A board of the browser tests", board_type: "general" },
      headers: { Authorization: `Bearer ${required("MC_E2E_TOKEN")}`, "X-Organization-Id": organization },
    });
  await make(theirs, id);
  await make(mine, home.id);
  await expect(page.getByRole("main").getByRole("link", { name: mine })).toBeVisible();
  await expect(other.getByRole("main").getByRole("link", { name: theirs })).toBeVisible();
  await expect(page.getByRole("link", { name: theirs })).toHaveCount(0);

  // When its organization is gone, a tab goes on in the active one and says so.
  await api(page, "PATCH", "/organizations/me/active", { organization_id: home.id });
  await page.request.delete("/api/v1/organizations/me", {
    headers: { Authorization: `Bearer ${required("MC_E2E_TOKEN")}`, "X-Organization-Id": id },
  });
  await shown(other, home.name);
  await expect(other.getByText("You no longer belong to the organization that was open here.")).toBeVisible();
  await expect(other.getByRole("main").getByRole("link", { name: mine })).toBeVisible();
  await other.close();
});

test("a dialog that was never opened waits for the server, and the page stays", async ({ page, context }) => {
  await signIn(page);
  await createBoard(page, unique("Away"));
  await page.reload();
  await expect(page.getByText("This board has no tasks yet")).toBeVisible();
  await expect(page.getByText("Live", { exact: true })).toBeAttached();
  await context.setOffline(true);
  await expect(page.getByText(/^Offline since \d/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "New task", exact: true }).click();
  await expect(page.getByText("This board has no tasks yet")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole("dialog", { name: "New task" })).toBeVisible({ timeout: 30_000 });
});

test("a page that was never opened says that the server is away, and opens when it is back", async ({
  page,
  context,
}) => {
  await signIn(page);
  await context.setOffline(true);
  await expect(page.getByText(/^Offline since \d/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole("link", { name: "Tags", exact: true }).click();
  await expect(page.getByText("The server cannot be reached.")).toBeVisible();
  // The console is still there.
  await expect(page.getByRole("link", { name: "Settings", exact: true })).toBeAttached();
  await context.setOffline(false);
  await expect(page.getByRole("heading", { name: "Tags", level: 1 })).toBeVisible({ timeout: 30_000 });
});
