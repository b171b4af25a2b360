import { expect, test } from "@playwright/test";
import { api, signIn } from "./console";

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
});
