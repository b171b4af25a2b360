import { expect, type Page, test } from "@playwright/test";
import { asAgent, createBoard, required, signIn, unique } from "./console";
import { FakeGateway, type Manners } from "./fakeGateway";
import { inEveryLook } from "./looks";

/** How long the server may take to see that nothing answers, or to come back by itself. */
const BY_ITSELF = { timeout: 45_000 };

async function api(page: Page, method: string, path: string, data?: unknown) {
  const answer = await page.request.fetch(`/api/v1${path}`, {
    method,
    data,
    headers: { Authorization: `Bearer ${required("MC_E2E_TOKEN")}` },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  return answer.json();
}

/** Stores a gateway that answers; gives its id. */
async function add(page: Page, gateway: FakeGateway, name: string): Promise<string> {
  const body = { name, url: gateway.url, workspace_root: "/srv/agents", token: "the-token-of-a-fake" };
  return (await api(page, "POST", "/gateways", body)).id;
}

function state(page: Page, label: string) {
  return page.getByRole("main").getByText(label, { exact: true }).first();
}

test("each way in which a gateway is away is named with what to do, and the page follows its return", async ({
  page,
}) => {
  test.slow();
  await signIn(page);
  const gateway = await FakeGateway.start();
  const id = await add(page, gateway, unique("Workshop"));
  await page.goto(`/gateways/${id}?tab=sessions`);
  await expect(page.getByText("No sessions", { exact: true })).toBeVisible();

  await gateway.stop();
  await expect(page.getByText("Nothing answers at the gateway's address")).toBeVisible(BY_ITSELF);
  await expect(page.getByText("The gateway cannot be asked now")).toBeVisible();
  await gateway.listen();
  await expect(state(page, "Online")).toBeVisible(BY_ITSELF);
  await expect(page.getByText("No sessions", { exact: true })).toBeVisible();

  // It turns the server away until somebody tries once more from the page, and not when the server does by itself.
  await page.route(`**/api/v1/gateways/${id}**`, (route) => {
    if (route.request().method() !== "GET") gateway.manners = "open";
    return route.continue();
  });
  async function turnAway(manners: Manners, words: string): Promise<void> {
    gateway.manners = manners;
    gateway.drop();
    // The more often a connection ends, the longer the server waits by itself.
    await api(page, "POST", `/gateways/${id}/reconnect`);
    await expect(page.getByText(words)).toBeVisible(BY_ITSELF);
  }
  await turnAway("pairing", "The gateway does not know this server yet");
  await expect(page.getByText("openclaw devices approve request-1")).toBeVisible();
  await page.getByRole("button", { name: "Connect now" }).click();
  await expect(state(page, "Online")).toBeVisible();

  await turnAway("other-protocol", "The gateway speaks another protocol");
  await page.getByRole("button", { name: "Connect now" }).click();
  await expect(state(page, "Online")).toBeVisible();

  await turnAway("refusing", "The gateway refuses the token");
  await page.getByRole("link", { name: "Open its settings" }).click();
  await page.getByLabel("New token").fill("another-token");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(state(page, "Online")).toBeVisible();
  await expect(page.getByText("The gateway refuses the token")).toBeHidden();

  await api(page, "DELETE", `/gateways/${id}?force=true`);
  await gateway.stop();
});

test("a gateway is added, asked what it can do, spoken to, and its agents are synced", async ({ page }) => {
  test.slow();
  await signIn(page);
  const gateway = await FakeGateway.start();
  const session = "agent:night-watch:main";
  gateway.sessions.set(session, [
    { role: "user", content: "Look at the inbox" },
    { role: "assistant", content: [{ type: "toolCall", name: "read_mail", arguments: { folder: "inbox" } }] },
    { role: "assistant", content: "Three letters wait." },
  ]);
  const name = unique("Workshop");
  await page.goto("/gateways/new");
  const dialog = page.getByRole("dialog", { name: "Add a gateway" });
  await dialog.getByLabel("Address").fill("https://example.org");
  await dialog.getByRole("button", { name: "Add gateway" }).click();
  await expect(dialog.getByText("Give the gateway a name.")).toBeVisible();
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Add gateway" }).click();
  await expect(dialog.getByText(/ws:\/\//).first()).toBeVisible();
  await dialog.getByLabel("Address").fill(gateway.url);
  await dialog.getByLabel("Token").fill("the-token-of-a-fake");
  await dialog.getByRole("button", { name: "Run checks" }).click();
  await expect(dialog.getByText("All checks passed: OpenClaw 2026.9.6.")).toBeVisible();
  await dialog.getByRole("button", { name: "Add gateway" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  const id = new URL(page.url()).pathname.split("/")[2] as string;
  await page.getByRole("button", { name: "Run checks" }).click();
  await expect(page.getByRole("region", { name: "Connection checks" })).toContainText("All checks passed");

  await page.getByRole("link", { name: "Commands", exact: true }).click();
  await expect(page.getByText("chat.history", { exact: true })).toBeVisible();
  await page.getByRole("searchbox", { name: "Find a method or an event" }).fill("there is none");
  await expect(page.getByText("None has this in its name.").first()).toBeVisible();

  await page.getByRole("link", { name: "Sessions", exact: true }).click();
  await page.getByRole("link", { name: new RegExp(session) }).click();
  await expect(page.getByText("Three letters wait.")).toBeVisible();
  await expect(page.getByText("read_mail")).toBeVisible();
  await page.getByLabel(/^Message to /).fill("Answer the first one");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("main").getByText("Answer the first one")).toBeVisible();
  // What is said there meanwhile appears by itself.
  gateway.sessions.get(session)?.push({ role: "assistant", content: "It is answered." });
  await expect(page.getByText("It is answered.")).toBeVisible({ timeout: 20_000 });
  await page.getByRole("link", { name: "All sessions" }).click();
  await expect(page.getByRole("link", { name: new RegExp(session) })).toBeVisible();

  await page.getByRole("link", { name: "Sync", exact: true }).click();
  await page.getByRole("button", { name: "Preview changes" }).click();
  await expect(page.getByRole("list", { name: "Agents" }).getByRole("listitem")).toHaveCount(1);
  await page.getByRole("checkbox", { name: "Replace what agents changed" }).click();
  await page.getByRole("button", { name: "Sync", exact: true }).click();
  const question = page.getByRole("dialog", { name: "Sync agents?" });
  await expect(question).toContainText("Replace what agents changed in the server's texts");
  await question.getByRole("textbox").fill(name);
  await question.getByRole("button", { name: "Sync", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "synced" })).toContainText("and the main agent");

  await page.getByRole("navigation", { name: "Parts of the gateway" }).getByRole("link", { name: "Agents" }).click();
  await page.getByRole("main").getByRole("table").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: `${name} Gateway Agent`, level: 1 })).toBeVisible();
  await wokenAndSetUp(page);

  await page.goto("/gateways?sort=-name");
  await expect(page.getByRole("columnheader", { name: "Gateway", exact: true })).toHaveAttribute(
    "aria-sort",
    "descending",
  );
  await api(page, "DELETE", `/gateways/${id}?force=true`);
  await gateway.stop();
});

test("a message that waits for its gateway is sent once more, and arrives when the gateway is back", async ({
  page,
}) => {
  await signIn(page);
  const gateway = await FakeGateway.start();
  const id = await add(page, gateway, unique("Workshop"));
  const board = await createBoard(page, unique("Post"));
  await api(page, "PATCH", `/boards/${board}`, { gateway_id: id });
  const agent = await api(page, "POST", "/agents", { name: unique("Nell"), board_id: board });
  await gateway.stop();
  await page.goto(`/agents/${agent.id}?tab=messages`);
  await api(page, "POST", `/boards/${board}/tasks`, { title: "Sort the letters", assigned_agent_id: agent.id });
  const message = page
    .getByRole("list", { name: "Messages" })
    .getByRole("listitem")
    .filter({ hasText: "Sort the letters" });
  // Whether it was tried before the server saw that nothing answers is chance.
  await expect(message).toContainText(/Waits|Tried again/);
  await expect(message.getByRole("link", { name: "its task" })).toBeVisible();
  const again = message.getByRole("button", { name: "Send now" });
  // The server may be trying by itself in the same moment, and then says so.
  await expect(async () => {
    await again.click();
    await expect(page.getByText("It is sent once more")).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await gateway.listen();
  await expect(message).toContainText("Delivered", BY_ITSELF);
  await expect(again).toHaveCount(0);
  await api(page, "DELETE", `/gateways/${id}?force=true`);
  await gateway.stop();
});

/** What can be done with an agent on a gateway, on the agent's page. */
async function wokenAndSetUp(page: Page): Promise<void> {
  const menu = page.getByRole("button", { name: /^Actions for / });
  await menu.click();
  await page.getByRole("menuitem", { name: "Wake now" }).click();
  await expect(page.getByText(/was woken$/)).toBeVisible();
  await menu.click();
  await page.getByRole("menuitem", { name: "Set up again…" }).click();
  const setUp = page.getByRole("dialog", { name: /^Set .* up again$/ });
  await setUp.getByRole("checkbox", { name: "Begin its session anew" }).click();
  await setUp.getByRole("button", { name: "Set up again" }).click();
  await expect(page.getByText(/is set up again$/)).toBeVisible();
  await menu.click();
  await page.getByRole("menuitem", { name: "New token…" }).click();
  const token = page.getByRole("dialog", { name: /^New token for / });
  await token.getByRole("checkbox", { name: "Revoke the present token now" }).click();
  await token.getByRole("button", { name: "Revoke and issue" }).click();
  const secret = await token.getByTestId("agent-token").innerText();
  await token.getByRole("button", { name: "Done" }).click();
  await asAgent(page, secret, "POST", "/heartbeat", {});
  await menu.click();
  await page.getByRole("menuitem", { name: "Pause" }).click();
  await expect(page.getByText(/is paused$/)).toBeVisible();
  await menu.click();
  await page.getByRole("menuitem", { name: "Resume" }).click();
  await expect(page.getByText(/goes on$/)).toBeVisible();
  await page.getByRole("link", { name: "Files", exact: true }).click();
  await expect(page.getByRole("list", { name: "Files" }).getByText("AGENTS.md", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Session", exact: true }).click();
  await expect(page.getByText("Nothing was said yet")).toBeVisible();
  await page.getByRole("navigation", { name: "Parts of the agent" }).getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Woken").click();
  await page.getByRole("option").last().click();
  await page.getByLabel("At most every").fill("often");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(
    page
      .getByText(/heartbeat|every|1m/i)
      .and(page.getByRole("alert"))
      .first(),
  ).toBeVisible();
  await page.getByLabel("At most every").fill("30m");
  await page.getByLabel("Soul", { exact: true }).fill("You are calm.");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText(/^Saved “/)).toBeVisible();
}

inEveryLook("gateways in trouble are accessible", async (page, check) => {
  const gateway = await FakeGateway.start();
  const id = await add(page, gateway, unique("Workshop"));
  await page.goto(`/gateways/${id}`);
  await expect(state(page, "Online")).toBeVisible();
  await check("gateway-online");
  for (const [manners, label] of [
    ["pairing", "Waits for approval"],
    ["refusing", "Refused"],
    ["other-protocol", "Other protocol"],
  ] as const) {
    gateway.manners = manners;
    gateway.drop();
    // The more often it is turned away, the longer the server waits by itself.
    await api(page, "POST", `/gateways/${id}/reconnect`);
    await expect(state(page, label)).toBeVisible();
    await check(`gateway-${manners}`);
  }
  await gateway.stop();
  await api(page, "POST", `/gateways/${id}/reconnect`);
  await expect(state(page, "Not reachable")).toBeVisible(BY_ITSELF);
  await check("gateway-unreachable");
  await page.getByRole("link", { name: "Sessions", exact: true }).click();
  await expect(page.getByText("The gateway cannot be asked now")).toBeVisible();
  await check("gateway-unreachable-sessions");
  await api(page, "DELETE", `/gateways/${id}?force=true`);
});
