import { type Browser, expect, type Page, test } from "@playwright/test";
import { createBoard, createTask, required, unique } from "./console";
import { Provider, passProvider } from "./provider";

// Another server than that of the other tests: one at which many people sign in.
test.use({ baseURL: required("MC_E2E_PEOPLE_URL") });

let provider: Provider;
test.beforeAll(async () => {
  provider = await Provider.start();
});
test.afterAll(() => provider.stop());

/** An address that no earlier run has used. */
const addressOf = (name: string) => `${unique(name).replace(" ", ".")}@example.org`;

/** Tells a new person's name and time zone, as the console asks for it once. */
async function introduce(page: Page): Promise<void> {
  const name = page.getByLabel("What should we call you?");
  await expect(name).toBeVisible();
  await page.getByRole("button", { name: "Continue" }).click();
  // Only then it is stored: who leaves the page before is asked again.
  await expect(name).toBeHidden();
}

/** A browser of its own, in which a new person has signed in. */
async function enter(browser: Browser, email: string): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: required("MC_E2E_PEOPLE_URL") })).newPage();
  await page.goto("/boards");
  await passProvider(page, email);
  await introduce(page);
  await expect(page.getByRole("heading", { name: "Boards", level: 1 })).toBeVisible();
  return page;
}

/** Invites somebody with a right on one board; gives the link. */
async function invite(page: Page, email: string, board: string): Promise<string> {
  await page.goto("/organization?invite=true");
  const dialog = page.getByRole("dialog", { name: "Invite member" });
  await dialog.getByLabel("E-mail address").fill(email);
  await dialog.getByRole("radio", { name: /Selected boards/ }).check();
  await dialog.getByRole("checkbox", { name: `Read ${board}` }).click();
  await dialog.getByRole("button", { name: "Create invite link" }).click();
  const link = (await page.getByTestId("invite-link").textContent()) as string;
  await page.getByRole("button", { name: "Done" }).click();
  return link;
}

/** Opens what can be done with a member. */
async function openMember(page: Page, name: string) {
  await page.goto("/organization");
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
}

/** The fields of a member's role and rights. */
async function openRights(page: Page, email: string) {
  await page.goto("/organization");
  await page.getByRole("row").filter({ hasText: email }).getByRole("link").click();
  return page.getByRole("dialog", { name: email.split(".")[0] });
}

async function leave(...pages: Page[]): Promise<void> {
  for (const page of pages) await page.context().close();
}

test("somebody is invited, joins, sees what the rights allow, and is removed", async ({ browser }) => {
  test.setTimeout(120_000);
  const [olga, max] = [addressOf("olga"), addressOf("max")];
  const owner = await enter(browser, olga);
  const boardName = unique("Launch");
  const board = await createBoard(owner, boardName);
  await createTask(owner, "Write the announcement");
  const link = await invite(owner, max, boardName);
  await owner.goto("/organization");

  // Somebody without an account opens the link, signs in, and is led back to it.
  const member = await (await browser.newContext({ baseURL: required("MC_E2E_PEOPLE_URL") })).newPage();
  await member.goto(link);
  await passProvider(member, max);
  await expect(member.getByText(`Signed in as ${max}`)).toBeVisible();
  await member.getByRole("button", { name: "Accept invite" }).click();
  await expect(member.getByRole("status")).toContainText("Your role: member.");
  await member.getByRole("button", { name: /^Open / }).click();
  await introduce(member);
  await expect(member.getByRole("link", { name: boardName }).first()).toBeVisible();
  // The owner's page learns of it by itself.
  const row = owner.getByRole("row").filter({ hasText: max });
  await expect(row).toContainText("Member");

  await member.goto(`/boards/${board}`);
  await expect(member.getByRole("link", { name: "Write the announcement" })).toBeVisible();
  await member.getByRole("button", { name: "New task", exact: true }).hover();
  await expect(member.getByText("You can read this board but not change it.").first()).toBeVisible();
  const navigation = member.getByRole("navigation", { name: "Main" });
  await expect(navigation.getByRole("link", { name: "Boards", exact: true })).toBeVisible();
  for (const page of ["Agents", "Gateways", "Skills", "Custom fields", "Audit log", "System"]) {
    await expect(navigation.getByRole("link", { name: page, exact: true })).toHaveCount(0);
  }
  // Who follows a link there anyway is told why it shows nothing.
  for (const [path, words] of [
    ["/agents", "Agents are looked after by administrators"],
    ["/gateways", "Gateways are looked after by administrators"],
    ["/skills/packs", "Packs are looked after by administrators"],
    ["/audit", "The audit log is for administrators"],
    ["/organization?tab=invites", "Invites are looked after by administrators"],
    ["/system", "For administrators of the installation"],
  ] as const) {
    await member.goto(path);
    await expect(member.getByText(words)).toBeVisible();
  }
  await member.goto("/organization?tab=settings");
  await expect(member.getByLabel("Name of the organization")).not.toBeEditable();
  await expect(member.getByRole("button", { name: "Delete…" })).toHaveAttribute("aria-disabled", "true");

  // A right that is given is there at once.
  await member.goto(`/boards/${board}`);
  const rights = await openRights(owner, max);
  await expect(rights.getByRole("checkbox", { name: `Read ${boardName}` })).toBeChecked();
  await rights.getByRole("checkbox", { name: `Write ${boardName}` }).click();
  await rights.getByRole("button", { name: "Save changes" }).click();
  await expect(rights).toBeHidden();
  await createTask(member, "Find a date for it");

  // Dropping the right to read drops the right to write, and no right at all is refused.
  const again = await openRights(owner, max);
  await again.getByRole("checkbox", { name: `Read ${boardName}` }).click();
  await expect(again.getByRole("checkbox", { name: `Write ${boardName}` })).not.toBeChecked();
  await again.getByRole("button", { name: "Save changes" }).click();
  await expect(again.getByText("Choose at least one board.")).toBeVisible();
  await again.getByRole("button", { name: "Cancel" }).click();

  await openMember(owner, max.split(".")[0] as string);
  await owner.getByRole("menuitem", { name: "Remove…" }).click();
  await owner.getByRole("dialog").getByRole("button", { name: "Remove member" }).click();
  await expect(row).toHaveCount(0);
  // Whoever is removed is in an organization of their own, and sees nothing of the other any more.
  await member.goto("/boards");
  await expect(member.getByRole("heading", { name: "Boards", level: 1 })).toBeVisible();
  await expect(member.getByRole("link", { name: boardName })).toHaveCount(0);
  await member.goto(link);
  await member.getByRole("button", { name: "Accept invite" }).click();
  await expect(member.getByRole("alert")).toContainText("does not exist any more");
  await leave(owner, member);
});

test("an administrator is named, an organization is handed over, and the last owner stays", async ({ browser }) => {
  test.setTimeout(120_000);
  const [olga, max] = [addressOf("olga"), addressOf("max")];
  const owner = await enter(browser, olga);
  const boardName = unique("Handover");
  await createBoard(owner, boardName);
  // Who has an organization already joins another one only by the link.
  const other = await enter(browser, max);
  await other.goto(await invite(owner, max, boardName));
  await other.getByRole("button", { name: "Accept invite" }).click();
  await other.getByRole("button", { name: /^Open / }).click();
  await expect(other.getByRole("link", { name: boardName }).first()).toBeVisible();
  const [olgaName, maxName] = [olga, max].map((address) => address.split(".")[0] as string) as [string, string];

  // The last owner can neither go nor step down.
  await owner.goto("/organization?tab=settings");
  await expect(owner.getByText("You are the last owner. Hand the organization over first.")).toBeVisible();
  const own = await openRights(owner, olga);
  await own.getByLabel("Role").click();
  await expect(owner.getByRole("option", { name: /^Member/ })).toHaveAttribute("aria-disabled", "true");
  await expect(owner.getByRole("option", { name: /^Member/ })).toContainText("The last owner stays one.");
  await owner.keyboard.press("Escape");
  await own.getByRole("button", { name: "Cancel" }).click();

  const rights = await openRights(owner, max);
  await rights.getByLabel("Role").click();
  await owner.getByRole("option", { name: /Administrator/ }).click();
  await rights.getByRole("button", { name: "Save changes" }).click();
  await expect(owner.getByRole("row").filter({ hasText: max })).toContainText("Administrator");
  // The new administrator's open page has the pages for administrators.
  await expect(
    other.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Agents", exact: true }),
  ).toBeVisible();

  // Administrators have no power over owners.
  await openMember(other, olgaName);
  await expect(other.getByRole("menuitem", { name: /Remove…/ })).toBeDisabled();
  await expect(other.getByText("Only owners can remove an owner.")).toBeVisible();
  await other.keyboard.press("Escape");
  await other.goto("/organization?invite=true");
  await other.getByRole("dialog").getByLabel("Role").click();
  await expect(other.getByRole("option", { name: /Owner/ })).toContainText("Only owners can name owners.");
  await other.keyboard.press("Escape");

  await openMember(owner, maxName);
  await owner.getByRole("menuitem", { name: "Hand the organization over…" }).click();
  const question = owner.getByRole("dialog");
  await question.getByRole("textbox").fill(maxName);
  await question.getByRole("button", { name: "Hand over" }).click();
  await expect(owner.getByRole("row").filter({ hasText: max })).toContainText("Owner");
  await owner.goto("/organization?tab=settings");
  await owner.getByRole("button", { name: "Leave…" }).click();
  await owner.getByRole("dialog").getByRole("button", { name: "Leave organization" }).click();
  await expect(owner.getByText(/^You left /)).toBeVisible();
  await owner.goto("/boards");
  await expect(owner.getByRole("link", { name: boardName })).toHaveCount(0);

  // The audit log of the organization has all of it.
  await other.goto("/audit");
  await expect(other.getByRole("link", { name: new RegExp(olgaName) }).first()).toBeVisible();
  await leave(owner, other);
});

test("an invite for another address is accepted after signing in with that address", async ({ browser }) => {
  const [olga, max] = [addressOf("olga"), addressOf("max")];
  const page = await enter(browser, olga);
  const boardName = unique("Mixed up");
  await createBoard(page, boardName);
  const link = await invite(page, max, boardName);
  await page.goto(link);
  await page.getByRole("button", { name: "Accept invite" }).click();
  await expect(page.getByRole("alert")).toContainText("another e-mail address");
  await page.getByRole("button", { name: "Sign in as somebody else" }).click();
  await passProvider(page, max);
  await expect(page.getByText(`Signed in as ${max}`)).toBeVisible();
  await page.getByRole("button", { name: "Accept invite" }).click();
  await expect(page.getByRole("heading", { name: "You are in" })).toBeVisible();
  await leave(page);
});

test("who gives up at the provider is told so, and an account is deleted for good", async ({ browser }) => {
  const page = await (await browser.newContext({ baseURL: required("MC_E2E_PEOPLE_URL") })).newPage();
  await page.goto("/tags");
  await page.getByRole("link", { name: "Sign in with single sign-on" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("alert")).toContainText("The identity provider did not sign you in.");
  const email = addressOf("nia");
  await passProvider(page, email);
  await introduce(page);
  await page.goto("/settings");
  await page.getByRole("button", { name: "Delete account…" }).click();
  const question = page.getByRole("dialog", { name: "Delete your account?" });
  await question.getByRole("textbox").fill(email);
  await question.getByRole("button", { name: "Delete account" }).click();
  await expect(page.getByRole("link", { name: "Sign in with single sign-on" })).toBeVisible();
  await leave(page);
});
