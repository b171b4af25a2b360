import path from "node:path";
import { expect, type Page } from "@playwright/test";

/** A setting of the test run; without it no test can work. */
export function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; see playwright.config.ts`);
  return value;
}

/** Opens the console and signs in as the server's user. */
export async function signIn(page: Page): Promise<void> {
  // Who has no time zone is asked for it first; `organization.spec.ts` looks at that.
  await completeProfile(page);
  await page.goto("/");
  await page.getByLabel("Access token").fill(required("MC_E2E_TOKEN"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Boards", level: 1 })).toBeVisible();
  await expect(page.getByText("Live", { exact: true })).toBeAttached();
}

/** Gives the server's user a time zone, as a script would. */
export async function completeProfile(page: Page, timezone: string | null = "UTC"): Promise<void> {
  const answer = await page.request.patch("/api/v1/users/me", {
    data: { timezone },
    headers: { Authorization: `Bearer ${required("MC_E2E_TOKEN")}` },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

/** Creates a board through the console and returns its id. */
export async function createBoard(page: Page, name: string): Promise<string> {
  await page.goto("/boards");
  await page.getByRole("button", { name: "New board" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New board" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Description").fill("A board of the browser tests");
  await dialog.getByRole("button", { name: "Create board" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  return new URL(page.url()).pathname.split("/")[2] as string;
}

/** Creates a task on the board that is open. */
export async function createTask(page: Page, title: string): Promise<void> {
  await page.getByRole("button", { name: "New task", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "New task" });
  await dialog.getByLabel("Title").fill(title);
  await dialog.getByRole("button", { name: "Create task" }).click();
  await expect(page.getByRole("link", { name: title })).toBeVisible();
}

/** Asks for a decision on a board, as a script would. */
export async function askForApproval(page: Page, board: string, body: Record<string, unknown>): Promise<void> {
  const answer = await page.request.post(`/api/v1/boards/${board}/approvals`, {
    data: { confidence: 62, payload: { reason: "The newsletter goes to **4,000** people." }, ...body },
    headers: { Authorization: `Bearer ${required("MC_E2E_TOKEN")}` },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

/** The column of the board with this name. */
export function column(page: Page, name: string) {
  return page.getByRole("region", { name, exact: true });
}

/** Saves a picture of the page when the run asks for pictures. */
export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env.MC_E2E_SHOTS;
  if (folder) await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

/** A name that no earlier run has used. */
export function unique(name: string): string {
  return `${name} ${Date.now().toString(36)}`;
}
