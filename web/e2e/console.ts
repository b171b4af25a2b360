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

/** Calls the API as a script would; gives the answer's body. */
export async function api(page: Page, method: Method, path: string, data?: object) {
  return call(page, method, path, data, { Authorization: `Bearer ${required("MC_E2E_TOKEN")}` });
}

/** Calls the API as an agent does; gives the answer's body. */
export async function asAgent(page: Page, token: string, method: Method, path: string, data: object) {
  return call(page, method, `/agent${path}`, data, { "X-Agent-Token": token });
}

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

async function call(
  page: Page,
  method: Method,
  path: string,
  data: object | undefined,
  headers: Record<string, string>,
) {
  const answer = await page.request.fetch(`/api/v1${path}`, { method, headers, ...(data && { data }) });
  expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
  return answer.status() === 204 ? null : answer.json();
}

/** Gives the server's user a time zone, as a script would. */
export async function completeProfile(page: Page, timezone: string | null = "UTC"): Promise<void> {
  await api(page, "PATCH", "/users/me", { timezone });
}

/** Lets the tab act in an organization from its next page on. Calls of `api` act in the active one. */
export async function actIn(page: Page, organization: string): Promise<void> {
  await page.evaluate((id) => sessionStorage.setItem("mc-organization", id), organization);
}

/** Shows the page from now on as somebody with other rights would see it. */
export async function withRights(page: Page, rights: Record<string, unknown>): Promise<void> {
  await page.route("**/api/v1/organizations/me/member", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), ...rights } });
  });
  // The first answer of a page tells the rights too.
  await page.route("**/api/v1/auth/session", async (route) => {
    const answer = await route.fetch();
    if (route.request().method() !== "GET" || !answer.ok()) return route.fulfill({ response: answer });
    const session = await answer.json();
    const membership = { ...session.membership, ...rights };
    await route.fulfill({ response: answer, json: { ...session, membership } });
  });
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
  // The stream may tell of the task before the answer does, and keys go to the dialog as long as it stands.
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("link", { name: title })).toBeVisible();
}

/** Asks for a decision on a board, as a script would. */
export async function askForApproval(page: Page, board: string, body: Record<string, unknown>): Promise<void> {
  await api(page, "POST", `/boards/${board}/approvals`, {
    confidence: 62,
    payload: { reason: "The newsletter goes to **4,000** people." },
    ...body,
  });
}

/** Opens the palette and types into it. */
export async function inPalette(page: Page, text: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await expect(page.getByPlaceholder("Find anything, or run a command…")).toBeFocused();
  await page.keyboard.type(text);
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
