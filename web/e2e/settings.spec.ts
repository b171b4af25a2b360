import { expect, test } from "@playwright/test";
import { api, createBoard, signIn, unique } from "./console";
import { inEveryLook } from "./looks";

test("an account is deleted only after its name was typed, and what the server refuses is told", async ({ page }) => {
  await signIn(page);
  const user = await api(page, "GET", "/users/me");
  // The other tests need the server's only user, so the server does not hear of it.
  const answers = [
    { status: 409, json: { detail: "Hand your organization on first" } },
    { status: 200, json: { ok: true } },
  ];
  await page.route("**/api/v1/users/me", (route) =>
    route.request().method() === "DELETE" ? route.fulfill(answers.shift()) : route.fallback(),
  );
  await page.goto("/settings");
  await page.evaluate(() => localStorage.setItem("mc.draft.of-this-user", "Not for the next one"));
  await page.getByRole("button", { name: "Delete account…" }).click();
  const question = page.getByRole("dialog", { name: "Delete your account?" });
  const confirm = question.getByRole("button", { name: "Delete account" });
  await expect(question.getByText("The access token still works")).toBeVisible();
  await expect(confirm).toHaveAttribute("aria-disabled", "true");
  await question.getByRole("textbox").fill(user.email ?? user.name);
  await confirm.click();
  await expect(question.getByRole("alert")).toContainText("Hand your organization on first");
  await confirm.click();
  await expect(page.getByLabel("Access token")).toBeVisible();
  // Nothing of the user is left in the browser.
  expect(await page.evaluate(() => Object.keys({ ...localStorage, ...sessionStorage }))).not.toContain(
    "mc.draft.of-this-user",
  );
});

test("a profile is saved by what was changed only, a refusal stands beside its field, and edits are taken back", async ({
  page,
}) => {
  await signIn(page);
  const before = await api(page, "GET", "/users/me");
  const sent: unknown[] = [];
  let refuse = true;
  await page.route("**/api/v1/users/me", (route) => {
    if (route.request().method() !== "PATCH") return route.fallback();
    sent.push(route.request().postDataJSON());
    return refuse
      ? route.fulfill({
          status: 422,
          json: { detail: [{ loc: ["body", "pronouns"], msg: "Too unusual", type: "value_error" }] },
        })
      : route.fallback();
  });
  await page.goto("/settings");
  const save = page.getByRole("button", { name: "Save profile" });
  await expect(save).toHaveAttribute("aria-disabled", "true");
  const pronouns = page.getByLabel("Pronouns");
  await page.getByLabel("Preferred name").fill("Somebody else");
  await page.getByRole("button", { name: "Reset" }).click();
  await expect(page.getByLabel("Preferred name")).toHaveValue(before.preferred_name ?? "");
  const wanted = unique("they");
  await pronouns.fill(wanted);
  await save.click();
  await expect(page.getByText("Too unusual").first()).toBeVisible();
  await expect(pronouns).toHaveValue(wanted);
  refuse = false;
  await save.click();
  await expect(page.getByText("Profile saved")).toBeVisible();
  expect(sent).toEqual([{ pronouns: wanted }, { pronouns: wanted }]);
  await page.reload();
  await expect(pronouns).toHaveValue(wanted);
  await api(page, "PATCH", "/users/me", { pronouns: before.pronouns });
});

test("a theme is chosen, and a board is muted", async ({ page }) => {
  await signIn(page);
  const name = unique("Muted");
  await createBoard(page, name);
  await page.goto("/settings");
  await page.getByRole("button", { name: "Dark", exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const notifies = page.getByRole("region", { name: "Notifications" }).getByRole("checkbox", { name });
  await expect(notifies).toBeChecked();
  await notifies.click();
  await page.reload();
  await expect(notifies).not.toBeChecked();
  await notifies.click();
  await expect(notifies).toBeChecked();
});

test("the desktop tells of new approvals, but not of those on muted boards", async ({ page }) => {
  await page.addInitScript(() => {
    const shown: string[] = [];
    class Stub {
      static permission = "granted";
      static requestPermission = async () => "granted";
      onclick: (() => void) | null = null;
      constructor(_: string, { body }: { body: string }) {
        shown.push(body);
      }
      close() {}
    }
    Object.assign(window, { Notification: Stub, shown });
    localStorage.setItem("mc.desktop-notifications", "on");
    Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
  });
  await signIn(page);
  const quiet = await createBoard(page, unique("Quiet"));
  const loud = await createBoard(page, unique("Loud"));
  await page.evaluate((id) => localStorage.setItem("mc.muted-boards", JSON.stringify([id])), quiet);
  const counted = page.waitForResponse(/approvals\?status=pending/);
  await page.goto("/boards");
  await counted;
  const ask = (board: string) =>
    api(page, "POST", `/boards/${board}/approvals`, {
      action_type: "mail.send",
      confidence: 60,
      payload: { reason: "To see." },
    });
  const shown = () => page.evaluate(() => (window as unknown as { shown: string[] }).shown);
  await ask(quiet);
  await expect(page.getByRole("link", { name: /^Approvals/ })).toContainText("waiting");
  expect(await shown()).toEqual([]);
  await ask(loud);
  await expect.poll(shown).toEqual(["An approval is waiting for your decision."]);
});

inEveryLook("the settings are accessible", async (page, check) => {
  await page.goto("/settings");
  await expect(page.getByText("This browser", { exact: true })).toBeVisible();
  await check("settings-page");
  await page.getByRole("button", { name: "Delete account…" }).click();
  await expect(page.getByRole("dialog", { name: "Delete your account?" })).toBeVisible();
  await check("settings-delete");
});
