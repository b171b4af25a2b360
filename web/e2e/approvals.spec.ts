import { expect, type Page, test } from "@playwright/test";
import { askForApproval, createBoard, createTask, shot, signIn, unique, withRights } from "./console";
import { inEveryLook } from "./looks";

const rows = (page: Page) => page.getByRole("list", { name: "Approvals" }).getByRole("listitem");
const evidence = (page: Page) => page.getByRole("region", { name: "Evidence" });

test.describe("approvals", () => {
  test.beforeEach(async ({ page }) => signIn(page));

  test("a decision takes two keys, can be taken back, and rejections say why", async ({ page }) => {
    const board = await createBoard(page, unique("Decide"));
    await askForApproval(page, board, {
      action_type: "newsletter.send",
      payload: {
        reason: "It is ready.",
        audience: "all customers",
        changes: [{ field: "day", from: "Mon", to: "Tue" }],
      },
      rubric_scores: { clarity: 40, risk: 22 },
    });
    await askForApproval(page, board, { action_type: "page.delete", confidence: 30 });
    await expect(page.getByRole("link", { name: /^Approvals/ })).toContainText("waiting");
    await page.goto(`/approvals?board=${board}`);
    const [newest, older] = [
      rows(page).filter({ hasText: "Page delete" }),
      rows(page).filter({ hasText: "Newsletter send" }),
    ];
    await expect(newest).toHaveAttribute("aria-current", "true");

    // Low confidence is pointed out; what was decided can be taken back before anybody hears of it.
    await page.keyboard.press("a");
    await expect(page.getByText("Confidence is only 30%")).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(newest).toContainText("Approving…");
    await expect(newest).toHaveAttribute("aria-current", "true");
    // A click that comes right after the decision counts as its second half.
    await expect(async () => {
      await page.getByRole("button", { name: "Undo" }).click();
      await expect(newest).not.toContainText("Approving…", { timeout: 500 });
    }).toPass();
    await page.getByRole("button", { name: /^Approve/ }).click();
    await page.keyboard.press("Enter");
    // Sent by itself when nobody takes it back.
    await expect(newest).toBeHidden({ timeout: 20_000 });

    await expect(older).toHaveAttribute("aria-current", "true");
    await expect(evidence(page)).toContainText("all customers");
    await expect(evidence(page).getByRole("row", { name: "Total 62" })).toBeVisible();
    await expect(evidence(page).getByText("Tue", { exact: true })).toBeVisible();
    await shot(page, "approvals-evidence");
    await page.keyboard.press("r");
    await page.keyboard.press("Enter");
    await expect(page.getByText("Enter a reason")).toBeVisible();
    await page.keyboard.type("Not this week");
    await page.keyboard.press("Enter");
    await expect(page.getByText("Nothing on this board")).toBeVisible({ timeout: 20_000 });

    await page.getByRole("link", { name: "Rejected" }).click();
    await expect(evidence(page)).toContainText("Not this week");
    await page.getByRole("button", { name: "Reopen" }).click();
    await expect(page.getByText("Nothing on this board")).toBeVisible();
    await page.getByRole("link", { name: "Pending", exact: false }).last().click();
    await expect(older).toBeVisible();
  });

  test("a double click decides one request, not the next one", async ({ page }) => {
    const board = await createBoard(page, unique("Double"));
    for (const action of ["first.step", "second.step"]) await askForApproval(page, board, { action_type: action });
    const sent: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "PATCH" && request.url().includes("/approvals/")) sent.push(request.url());
    });
    await page.goto(`/approvals?board=${board}`);
    await page.getByRole("button", { name: /^Approve/ }).click();
    await page.getByRole("button", { name: /^Approve/ }).dblclick();
    await expect(rows(page)).toHaveCount(1, { timeout: 20_000 });
    await expect(rows(page)).toContainText("First step");
    expect(sent).toHaveLength(1);
  });

  test("requests that are alike are decided together, and filters stand in the address", async ({ page }) => {
    const board = await createBoard(page, unique("Bulk"));
    for (const confidence of [70, 40, 90]) {
      await askForApproval(page, board, {
        action_type: "mail.send",
        confidence,
        payload: { reason: `Mail ${confidence}` },
      });
    }
    await askForApproval(page, board, { action_type: "page.delete" });
    await page.goto(`/approvals?board=${board}&action=mail.send&sort=unsure`);
    await expect(rows(page)).toHaveCount(3);
    await expect(rows(page).first()).toContainText("40%");
    await page.getByRole("searchbox", { name: "Search the approvals" }).fill("mail 9");
    await expect(rows(page)).toHaveCount(1);
    await expect(page).toHaveURL(/q=mail/);
    await page.getByRole("searchbox", { name: "Search the approvals" }).fill("");
    await expect(rows(page)).toHaveCount(3);
    await rows(page).first().getByRole("checkbox").click();
    await page.getByRole("button", { name: "Select all 3 like this" }).click();
    await page.getByRole("button", { name: "Reject…" }).click();
    const dialog = page.getByRole("dialog", { name: "Reject 3 requests" });
    await dialog.getByLabel("Reason").fill("We send no mails this week.");
    await dialog.getByRole("button", { name: "Reject 3" }).click();
    await expect(rows(page).filter({ hasText: "Rejecting…" })).toHaveCount(3);
    await expect(page.getByText("Nothing matches the filters")).toBeVisible({ timeout: 15_000 });
  });

  test("decisions of long ago are read on request", async ({ page }) => {
    const board = await createBoard(page, unique("Long"));
    const decided = { action_type: "mail.send", status: "approved" };
    await askForApproval(page, board, { ...decided, action_type: "first.step" });
    // As many as are read at once.
    await Promise.all(Array.from({ length: 100 }, () => askForApproval(page, board, decided)));
    await page.goto(`/approvals?board=${board}&state=approved`);
    const more = page.getByRole("button", { name: "Load older approvals" });
    await expect(rows(page)).toHaveCount(100);
    await more.click();
    await expect(rows(page)).toHaveCount(101);
    await expect(rows(page).last()).toContainText("First step");
    await expect(more).toBeHidden();
  });

  test("a decision that the server refuses is told in its place, and sent again", async ({ page }) => {
    const board = await createBoard(page, unique("Refused"));
    await askForApproval(page, board, { action_type: "refused.once" });
    let refuse = true;
    await page.route("**/approvals/*", (route) =>
      refuse && route.request().method() === "PATCH"
        ? route.fulfill({ status: 503, json: { detail: "The database is busy" } })
        : route.fallback(),
    );
    await page.goto(`/approvals?board=${board}`);
    await page.getByRole("button", { name: /^Approve/ }).click();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Send now" }).click();
    await expect(evidence(page).getByRole("alert")).toContainText("The database is busy");
    await expect(rows(page)).toContainText("Failed");
    refuse = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByText("Nothing on this board")).toBeVisible();
  });

  test("J and K walk through the list, a link leads to one, and readers are told why they cannot decide", async ({
    page,
  }) => {
    const board = await createBoard(page, unique("Walk"));
    for (const action of ["step.one", "step.two"]) await askForApproval(page, board, { action_type: action });
    await page.goto(`/boards/${board}/approvals`);
    await expect(page).toHaveURL(new RegExp(`/approvals\\?board=${board}`));
    const current = rows(page).and(page.locator('[aria-current="true"]'));
    await expect(current).toContainText("Step two");
    await page.keyboard.press("j");
    await expect(current).toContainText("Step one");
    await expect(page).toHaveURL(/approval=/);
    const linked = page.url();
    await page.keyboard.press("k");
    await expect(current).toContainText("Step two");

    await withRights(page, { all_boards_write: false, all_boards_read: true, board_access: [] });
    await page.goto(linked);
    await expect(evidence(page).getByRole("heading", { name: "Step one" })).toBeVisible();
    const approve = page.getByRole("button", { name: /^Approve/ });
    await expect(approve).toHaveAttribute("aria-disabled", "true");
    await approve.hover();
    await expect(page.getByText(/no write access to this board/).first()).toBeVisible();
  });

  test("approvals that cannot be read say why, and are read again", async ({ page }) => {
    let broken = true;
    await page.route("**/api/v1/approvals?*", (route) =>
      broken ? route.fulfill({ status: 500, json: { detail: "The database is away." } }) : route.fallback(),
    );
    await page.goto("/approvals?state=approved");
    await expect(page.getByText("The approvals could not be loaded")).toBeVisible();
    await expect(page.getByText("The database is away.")).toBeVisible();
    broken = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByText("The approvals could not be loaded")).toBeHidden();
  });
});

inEveryLook("the approvals are accessible", async (page, check, size) => {
  const board = await createBoard(page, unique("Looks"));
  await createTask(page, "Announce it");
  await page.goto("/approvals?state=rejected&action=nothing.like.it");
  await expect(page.getByText("Nothing matches the filters")).toBeVisible();
  await check("approvals-empty");
  await askForApproval(page, board, {
    action_type: "newsletter.send",
    payload: { reason: "It is **ready**.", before: { day: "Mon" }, after: { day: "Tue" }, diff: "@@ -1 +1 @@\n-a\n+b" },
    rubric_scores: { clarity: 40, risk: 20 },
  });
  await page.goto(`/approvals?board=${board}`);
  await expect(rows(page)).toHaveCount(1);
  await check("approvals");
  if (size === "phone") await rows(page).getByRole("link").click();
  await expect(evidence(page)).toBeVisible();
  await check("approvals-evidence");
  await page.getByRole("button", { name: /^Reject/ }).click();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Enter a reason")).toBeVisible();
  await check("approvals-reason");
});
