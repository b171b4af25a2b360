import { expect, test } from "@playwright/test";
import { api, completeProfile, createBoard, required, signIn, unique } from "./console";

test("the sign-in form says what is wrong: nothing entered, too many attempts, no server, a server in trouble", async ({
  page,
}) => {
  const answers = [
    () => ({ status: 429, headers: { "Retry-After": "7" }, json: { detail: "Too many attempts" } }),
    () => ({ status: 500, json: { detail: "The database is away." } }),
  ];
  await page.route("**/api/v1/auth/session", (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    const answer = answers.shift();
    return answer ? route.fulfill(answer()) : route.abort();
  });
  // Another site cannot be where one comes out.
  await page.goto("/sign-in?redirect=https://example.org/boards");
  const token = page.getByLabel("Access token");
  await expect(token).toBeFocused();
  await expect(token).toHaveAttribute("type", "password");
  const submit = page.getByRole("button", { name: "Sign in" });
  const refusal = page.getByRole("alert");
  await submit.click();
  await expect(refusal).toHaveText("Enter the access token.");
  await token.fill("x".repeat(60));
  await submit.click();
  await expect(refusal).toContainText("Try again in 7 seconds");
  await submit.click();
  await expect(refusal).toContainText("The database is away.");
  await submit.click();
  await expect(refusal).toContainText(/reach/i);
  await page.unroute("**/api/v1/auth/session");
  await completeProfile(page);
  await token.fill(`  ${required("MC_E2E_TOKEN")} `);
  await submit.click();
  await expect(page.getByRole("heading", { name: "Boards", level: 1 })).toBeVisible();
});

test("a server that is away says so before anything else, and is tried again", async ({ page }) => {
  await signIn(page);
  await page.route("**/api/v1/auth/session", (route) => route.fulfill({ status: 500, json: { detail: "Restarting" } }));
  await page.goto("/boards");
  await expect(page.getByRole("alert")).toContainText("Mission Control could not be opened");
  await expect(page.getByText("Restarting")).toBeVisible();
  await page.unroute("**/api/v1/auth/session");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Boards", level: 1 })).toBeVisible();
});

test("an address that leads nowhere says so, with a way on", async ({ page }) => {
  await signIn(page);
  await page.goto("/no/such/page");
  await expect(page.getByText("There is no page at this address")).toBeVisible();
  await expect(page).toHaveTitle(/Not found/);
  await page.getByRole("main").getByRole("link", { name: "Go to your boards" }).click();
  await expect(page.getByRole("heading", { name: "Boards", level: 1 })).toBeVisible();
});

test("a new user's profile needs a name, and a refusal is told beside its field", async ({ page }) => {
  await signIn(page);
  await completeProfile(page, null);
  await page.goto("/onboarding");
  const name = page.getByLabel("What should we call you?");
  await name.fill(" ");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("Enter a name.")).toBeVisible();
  await page.route("**/api/v1/users/me", (route) =>
    route.request().method() === "PATCH"
      ? route.fulfill({
          status: 422,
          json: { detail: [{ loc: ["body", "preferred_name"], msg: "This name is taken", type: "value_error" }] },
        })
      : route.fallback(),
  );
  await name.fill("Robin");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("This name is taken").first()).toBeVisible();
  await page.unroute("**/api/v1/users/me");
  await completeProfile(page);
});

test("the palette finds a task, a board and a page, and runs commands; the sheet shows the keys", async ({ page }) => {
  await signIn(page);
  const boardName = unique("Found");
  const board = await createBoard(page, boardName);
  const title = unique("Needle");
  await api(page, "POST", `/boards/${board}/tasks`, { title });
  const field = page.getByPlaceholder("Find anything, or run a command…");
  const find = async (text: string, option: string | RegExp) => {
    await page.goto("/settings");
    await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
    await page.keyboard.press("Control+k");
    await expect(field).toBeFocused();
    await page.keyboard.type(text);
    await page.getByRole("option", { name: option }).first().click();
  };
  await find(title, title);
  await expect(page.getByRole("dialog", { name: title })).toBeVisible();
  await find(boardName, boardName);
  await expect(page.getByRole("heading", { name: boardName, level: 1 })).toBeVisible();
  await find("audit", "Audit log");
  await expect(page).toHaveURL(/\/audit/);
  await find("dark", "Dark theme");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");

  // By its button, with words that nothing has.
  await page.getByRole("button", { name: /^Find…/ }).click();
  await expect(field).toBeFocused();
  await page.keyboard.type("zzz nothing is called so");
  await expect(page.getByText(/nothing/i).last()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(field).toBeHidden();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
});

test("the navigation keeps the boards that were opened last, and the guide as long as it has something to show", async ({
  page,
}) => {
  await signIn(page);
  const first = unique("Opened");
  await createBoard(page, first);
  for (let more = 0; more < 7; more += 1) {
    await api(page, "POST", "/boards", {
      name: unique(`Aside ${more}`),
      slug: "",
      description: "A board of the browser tests",
      board_type: "general",
    });
  }
  await page.goto("/boards");
  const navigation = page.getByRole("navigation", { name: "Main" });
  const boards = navigation.getByRole("list", { name: "Boards" });
  await expect(boards.getByRole("link", { name: first })).toBeVisible();
  await expect(boards.getByRole("listitem")).toHaveCount(7);
  await boards.getByRole("link", { name: /^All \d+ boards$/ }).click();
  await expect(page.getByRole("heading", { name: "Boards", level: 1 })).toBeVisible();
  await expect(navigation.getByRole("link", { name: "Get started" })).toHaveCount(0);
});

test("the user menu leads to the settings and chooses the zone of times", async ({ page }) => {
  await signIn(page);
  const open = () => page.getByRole("button", { name: /open user menu/i }).click();
  await open();
  await page.getByRole("menuitemradio", { name: "This computer’s zone" }).click();
  await page.keyboard.press("Escape");
  await open();
  await expect(page.getByRole("menuitemradio", { name: "This computer’s zone" })).toHaveAttribute(
    "aria-checked",
    "true",
  );
  await page.getByRole("menuitemradio", { name: "My profile’s zone" }).click();
  await page.keyboard.press("Escape");
  await open();
  await expect(page.getByText(/^Mission Control \d/)).toBeVisible();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
});
