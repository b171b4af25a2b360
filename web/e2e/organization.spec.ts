import { expect, type Page, type Request, test } from "@playwright/test";
import { api, completeProfile, createBoard, signIn, unique, withRights } from "./console";
import { inEveryLook } from "./looks";

/** The request by which something is changed. */
function change(page: Page, path: RegExp): Promise<Request> {
  return page.waitForRequest((request) => request.method() === "PATCH" && path.test(request.url()));
}

test.describe("organization", () => {
  test.beforeEach(async ({ page }) => signIn(page));

  test("an invite is a link that is handed on, found again and revoked", async ({ page }) => {
    const email = `${unique("ada").replace(" ", ".")}@example.org`;
    await page.goto("/organization");
    await page.getByRole("button", { name: "Invite member" }).click();
    const dialog = page.getByRole("dialog", { name: "Invite member" });
    await dialog.getByLabel("E-mail address").fill("nobody");
    await dialog.getByRole("radio", { name: /Selected boards/ }).check();
    await dialog.getByRole("button", { name: "Create invite link" }).click();
    await expect(dialog.getByText("Enter an e-mail address")).toBeVisible();
    await expect(dialog.getByText("Choose at least one board.")).toBeVisible();
    await dialog.getByLabel("E-mail address").fill(email);
    // What was typed survives a reload.
    await page.reload();
    await expect(dialog.getByLabel("E-mail address")).toHaveValue(email);
    await dialog.getByRole("radio", { name: /All boards, read only/ }).check();
    await dialog.getByRole("button", { name: "Create invite link" }).click();
    const link = await page.getByTestId("invite-link").textContent();
    expect(new URL(link ?? "").pathname).toBe("/invite");
    expect(new URL(link ?? "").search).toBe("");
    await page.getByRole("button", { name: "Done" }).click();

    await page.goto("/organization?tab=invites");
    await page.getByRole("button", { name: `Revoke the invite of ${email}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke invite" }).click();
    await expect(page.getByText(email, { exact: true })).toBeHidden();

    await page.goto(link ?? "");
    await expect(page).toHaveURL(/\/invite$/);
    await page.getByRole("button", { name: "Accept invite" }).click();
    await expect(page.getByRole("alert")).toContainText("does not exist any more");
  });

  test("an invite for another address says so", async ({ page }) => {
    const { id, token } = await api(page, "POST", "/organizations/me/invites", {
      invited_email: `${unique("grace").replace(" ", ".")}@example.org`,
      all_boards_read: true,
    });
    // As links of older servers have it.
    await page.goto(`/invite?token=${token}`);
    await expect(page).toHaveURL(/\/invite$/);
    await page.getByRole("button", { name: "Accept invite" }).click();
    await expect(page.getByRole("alert")).toContainText("another e-mail address");
    await expect(page.getByRole("button", { name: "Sign in as somebody else" })).toBeVisible();
    await api(page, "DELETE", `/organizations/me/invites/${id}`);
  });

  test("a member reads, and is told why nothing can be changed", async ({ page }) => {
    await withRights(page, { role: "member" });
    await page.goto("/organization");
    await expect(page.getByRole("heading", { name: "Members & invites" })).toBeVisible();
    const invite = page.getByRole("button", { name: "Invite member" });
    await expect(invite).toHaveAttribute("aria-disabled", "true");
    await invite.hover();
    await expect(page.getByText("Only administrators can invite members.")).toBeVisible();
    for (const [path, button] of [
      ["/tags", "New tag"],
      ["/custom-fields", "New field"],
    ] as const) {
      await page.goto(path);
      await expect(page.getByRole("button", { name: button }).first()).toHaveAttribute("aria-disabled", "true");
    }
    await page.goto("/audit");
    await expect(page.getByText("The audit log is for administrators")).toBeVisible();
  });

  test("each step of a member's change says how it went", async ({ page }) => {
    const id = "01900000-0000-7000-8000-00000000000a";
    let member: Record<string, unknown> = {};
    await page.route("**/api/v1/organizations/me/members*", async (route) => {
      const answer = await route.fetch();
      const list = await answer.json();
      const user = { id, email: "zoe@example.org", name: "Zoe", preferred_name: null };
      member = { ...list.items[0], id, user_id: id, role: "member", all_boards_write: false, user, ...member };
      await route.fulfill({
        response: answer,
        json: { ...list, items: [...list.items, member], total: list.total + 1 },
      });
    });
    await page.route(`**/api/v1/organizations/me/members/${id}`, async (route) => {
      if (route.request().method() === "PATCH") member = { ...member, ...route.request().postDataJSON() };
      await route.fulfill({ json: member });
    });
    await page.route(`**/api/v1/organizations/me/members/${id}/access`, (route) =>
      route.fulfill({ status: 503, json: { detail: "The database is away.", request_id: "r-1" } }),
    );
    await page.goto("/organization");
    await page.getByRole("link", { name: /Zoe/ }).click();
    const dialog = page.getByRole("dialog", { name: "Zoe" });
    await dialog.getByLabel("Role").click();
    await page.getByRole("option", { name: /Administrator/ }).click();
    await dialog.getByRole("radio", { name: /read and write/ }).check();
    await dialog.getByRole("button", { name: "Save changes" }).click();
    await expect(dialog.getByText("Role was saved.")).toBeVisible();
    await expect(dialog.getByRole("alert")).toContainText("Access to boards was not saved. The database is away.");
  });

  test("an organization is made, renamed and deleted, and one is back where one was", async ({ page }) => {
    const name = unique("Side project");
    const switcher = page.getByRole("button", { name: /^Organization:/ });
    const before = await switcher.getAttribute("aria-label");
    await switcher.click();
    await page.getByRole("menuitem", { name: "Create organization…" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill(name);
    await page.getByRole("dialog").getByRole("button", { name: "Create organization" }).click();
    await expect(switcher).toHaveAttribute("aria-label", `Organization: ${name}`);
    await page.goto("/organization?tab=settings");
    await page.getByLabel("Name of the organization").fill(`${name} 2`);
    await page.getByRole("button", { name: "Rename" }).click();
    await expect(switcher).toHaveAttribute("aria-label", `Organization: ${name} 2`);
    await page.getByRole("button", { name: "Leave…" }).hover();
    await expect(page.getByText("You are the only member. Delete the organization instead.").first()).toBeVisible();
    await page.getByRole("button", { name: "Delete…" }).click();
    const dialog = page.getByRole("dialog");
    const confirm = dialog.getByRole("button", { name: "Delete organization" });
    await expect(confirm).toHaveAttribute("aria-disabled", "true");
    await dialog.getByRole("textbox").fill(`${name} 2`);
    await confirm.click();
    await expect(switcher).toHaveAttribute("aria-label", before ?? "");
  });

  test("a tag is made, edited by what changed only, and deleted", async ({ page }) => {
    const name = unique("Urgent");
    await page.goto("/tags/add");
    const add = page.getByRole("dialog", { name: "New tag" });
    await add.getByLabel("Name").fill(name);
    await add.getByRole("button", { name: "Red" }).click();
    await add.getByRole("button", { name: "Create tag" }).click();
    await expect(page).toHaveURL(/\/tags$/);
    await page.getByRole("link", { name }).click();
    const edit = page.getByRole("dialog", { name: `Edit “${name}”` });
    await edit.getByRole("button", { name: "Blue" }).click();
    const sent = change(page, /\/tags\//);
    await edit.getByRole("button", { name: "Save changes" }).click();
    expect((await sent).postDataJSON()).toEqual({ color: "0090ff" });
    expect(await (await sent).headerValue("if-match")).toMatch(/^"[0-9a-f]+"$/);
    await expect(edit).toBeHidden();
    await page.getByRole("button", { name: `Delete ${name}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete tag" }).click();
    await expect(page.getByRole("link", { name })).toBeHidden();
  });

  test("a custom field is typed, tried and edited by what changed only", async ({ page }) => {
    const board = unique("Fields");
    await createBoard(page, board);
    const label = unique("Ticket");
    await page.goto("/custom-fields/new");
    const add = page.getByRole("dialog", { name: "New custom field" });
    await add.getByLabel("Label").fill(label);
    await add.getByLabel("Boards").click();
    await page.getByRole("option", { name: board }).click();
    await page.keyboard.press("Escape");
    await add.getByLabel("Pattern").fill("[A-Z]+-\\d+");
    await add.getByLabel("Try a value").fill("see ABC-1");
    await expect(add.getByText("The value is refused.")).toBeVisible();
    await add.getByLabel("Try a value").fill("ABC-1");
    await expect(add.getByText("The value is accepted.")).toBeVisible();
    await add.getByLabel("Default").fill("none");
    await add.getByRole("button", { name: "Create field" }).click();
    await expect(add.getByText("The default does not match the pattern.")).toBeVisible();
    await add.getByLabel("Default").fill("ABC-1");
    await add.getByRole("button", { name: "Create field" }).click();
    await expect(page).toHaveURL(/\/custom-fields$/);
    await page.getByRole("link", { name: new RegExp(label) }).click();
    const edit = page.getByRole("dialog", { name: `Edit “${label}”` });
    await edit.getByRole("checkbox", { name: "Required" }).click();
    const sent = change(page, /\/custom-fields\//);
    await edit.getByRole("button", { name: "Save changes" }).click();
    expect((await sent).postDataJSON()).toEqual({ required: true });
    await expect(edit).toBeHidden();
    await page.getByRole("button", { name: `Delete ${label}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete field" }).click();
    await expect(page.getByRole("link", { name: new RegExp(label) })).toBeHidden();
  });

  test("the audit log is searched, opened and taken away", async ({ page }) => {
    const email = `${unique("audit").replace(" ", ".")}@example.org`;
    const invite = await api(page, "POST", "/organizations/me/invites", {
      invited_email: email,
      all_boards_read: true,
    });
    await page.goto(`/audit?q=${encodeURIComponent(email)}`);
    await page.getByRole("link", { name: `Invited ${email}` }).click();
    await expect(page.getByRole("dialog").getByText("organization.invite.created")).toBeVisible();
    await page.keyboard.press("Escape");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: "CSV" }).click();
    expect((await download).suggestedFilename()).toMatch(/^audit-.*\.csv$/);
    // Each filter stands in the address, and can be taken back with the others.
    await page.getByRole("combobox", { name: "Kind" }).click();
    await page.getByRole("option", { name: "Approvals" }).click();
    await expect(page).toHaveURL(/subject=/);
    await expect(page.getByText("Nothing matches the filters")).toBeVisible();
    await expect(page.getByRole("button", { name: "Export" })).toHaveAttribute("aria-disabled", "true");
    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.getByRole("combobox", { name: "Time" }).click();
    await page.getByRole("option").nth(1).click();
    await expect(page).toHaveURL(/period=/);
    await expect(page.getByRole("link", { name: `Invited ${email}` })).toBeVisible();
    await api(page, "DELETE", `/organizations/me/invites/${invite.id}`);
  });

  test("a new user is asked for name and time zone once, and never in a circle", async ({ page }) => {
    await completeProfile(page, null);
    await page.goto("/tags");
    await expect(page).toHaveURL(/\/onboarding\?redirect=/);
    await page.getByRole("button", { name: "Not now" }).click();
    await expect(page).toHaveURL(/\/tags$/);
    await page.reload();
    await expect(page.getByRole("heading", { name: "Tags", level: 1 })).toBeVisible();
    await page.evaluate(() => localStorage.clear());
    await page.goto("/boards");
    await page.getByLabel("What should we call you?").fill("Robin");
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByRole("heading", { name: "Boards", level: 1 })).toBeVisible();
    await page.goto("/onboarding");
    await expect(page).not.toHaveURL(/onboarding/);
    await completeProfile(page);
  });

  test("times are shown in the zone of the profile, or in UTC by choice", async ({ page }) => {
    await completeProfile(page, "Asia/Tokyo");
    await page.goto("/settings");
    const times = page.getByRole("region", { name: "Times" });
    await expect(times).toContainText("(Asia/Tokyo)");
    await times.getByRole("button", { name: /^UTC/ }).click();
    await expect(times).toContainText("(UTC)");
    await times.getByRole("button", { name: /^Your profile’s/ }).click();
    await completeProfile(page);
  });
});

inEveryLook("the organization's pages are accessible", async (page, check) => {
  for (const [path, name] of [
    ["/organization", "members"],
    ["/organization?invite=true", "invite"],
    ["/organization?tab=invites", "invites"],
    ["/organization?tab=settings", "organization-settings"],
    ["/tags", "tags"],
    ["/tags/add", "tag"],
    ["/custom-fields", "fields"],
    ["/custom-fields/new", "field"],
    ["/audit", "audit"],
    ["/settings", "profile"],
    ["/invite#token=none", "invited"],
  ] as const) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 }).or(page.getByRole("dialog"))).not.toHaveCount(0);
    await check(name);
  }
});
