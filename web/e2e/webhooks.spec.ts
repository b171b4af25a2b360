import { expect, test } from "@playwright/test";
import { api, createBoard, signIn, unique, withRights } from "./console";

test("a webhook is changed by what was changed only, switched off, and deleted with what it received", async ({
  page,
  request,
}) => {
  await signIn(page);
  const board = await createBoard(page, unique("Hooks"));
  const agent = await api(page, "POST", "/agents", { name: "Ada", board_id: board });
  const webhook = await api(page, "POST", `/boards/${board}/webhooks`, { description: "Look at each push." });
  const send = () => request.post(webhook.endpoint_path, { data: { ref: "refs/heads/main" } });
  await page.goto(`/boards/${board}/webhooks/${webhook.id}`);
  const about = page.getByRole("region", { name: "Webhook", exact: true });
  await expect(about.getByText("anybody who knows the address can send")).toBeVisible();

  await about.getByRole("button", { name: "Edit webhook" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit webhook" });
  const save = dialog.getByRole("button", { name: "Save changes" });
  await expect(save).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel("Instruction").fill("");
  await save.click();
  await expect(dialog.getByLabel("Instruction")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Instruction").fill("Make a task of each push.");
  await dialog.getByLabel("Recipient").click();
  await page.getByRole("option", { name: "Ada" }).click();
  const saved = page.waitForRequest((sent) => sent.method() === "PATCH");
  await save.click();
  expect((await saved).postDataJSON()).toEqual({ description: "Make a task of each push.", agent_id: agent.id });
  await expect(dialog).toBeHidden();
  await expect(about.getByRole("heading", { name: "Make a task of each push." })).toBeVisible();
  await expect(about.getByText("Goes to Ada")).toBeVisible();

  expect((await send()).status()).toBe(202);
  await page.getByRole("listitem").filter({ hasText: "refs/heads/main" }).getByRole("link").click();
  await expect(page.getByRole("region", { name: "Payload", exact: true })).toContainText("refs/heads/main");

  // What senders are told is said once the server has agreed, not before.
  let agree = () => {};
  const agreed = new Promise<void>((resolve) => {
    agree = resolve;
  });
  await page.route(`**/webhooks/${webhook.id}`, async (route) => {
    await agreed;
    await route.continue();
  });
  const accepts = about.getByRole("switch", { name: "Accept calls" });
  const promise = about.getByText("Switched off: calls are answered with 410");
  await accepts.click();
  await expect(accepts).not.toBeChecked();
  await expect(promise).toBeHidden();
  agree();
  await expect(promise).toBeVisible();
  expect((await send()).status()).toBe(410);

  await about.getByRole("button", { name: "Delete webhook" }).click();
  const question = page.getByRole("dialog", { name: "Delete this webhook?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(question).toBeHidden();
  await about.getByRole("button", { name: "Delete webhook" }).click();
  await question.getByRole("button", { name: "Delete webhook" }).click();
  await expect(page.getByText("No webhooks yet")).toBeVisible();
  expect((await send()).status()).toBe(404);
});

test("who may only read a board sees its webhooks and is told why they stay as they are", async ({ page }) => {
  await signIn(page);
  const board = await createBoard(page, unique("Read hooks"));
  const webhook = await api(page, "POST", `/boards/${board}/webhooks`, { description: "Look at each push." });
  await withRights(page, { role: "member", all_boards_write: false, board_access: [] });
  await page.goto(`/boards/${board}/webhooks/${webhook.id}`);
  const about = page.getByRole("region", { name: "Webhook", exact: true });
  await expect(about.getByRole("button", { name: "Edit webhook" })).toHaveAttribute("aria-disabled", "true");
  await expect(about.getByRole("button", { name: "Delete webhook" })).toHaveAttribute("aria-disabled", "true");
  await expect(about.getByRole("switch", { name: "Accept calls" })).toBeDisabled();
});
