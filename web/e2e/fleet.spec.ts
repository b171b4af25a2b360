import { expect, type Page, test } from "@playwright/test";
import { Archives } from "./archives";
import { api, asAgent, createBoard, signIn, unique } from "./console";
import { withGateway } from "./gateway";
import { inEveryLook } from "./looks";

// Nothing listens there, and nothing ever will.
const AWAY = "ws://127.0.0.1:9";

/** Adds a gateway that is away, through the console; gives its name. */
async function addGateway(page: Page): Promise<string> {
  const name = unique("Garage");
  await page.goto("/gateways/new");
  const dialog = page.getByRole("dialog", { name: "Add a gateway" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Address").fill(AWAY);
  await dialog.getByLabel("Token").fill("a-secret-of-the-gateway");
  await dialog.getByRole("button", { name: "Add gateway" }).click();
  await expect(dialog.getByRole("region", { name: "Connection checks" })).toBeVisible();
  await dialog.getByRole("button", { name: "Add anyway" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  return name;
}

test("an agent is made, seen at work, changed, paused and deleted", async ({ page }) => {
  // Many pages one after the other.
  test.slow();
  await signIn(page);
  const boardName = unique("Fleet");
  const board = await createBoard(page, boardName);
  const name = unique("Cleo");
  await page.goto("/agents/new");
  const dialog = page.getByRole("dialog", { name: "New agent" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("combobox", { name: "Board" }).click();
  await page.getByRole("option", { name: boardName }).click();
  await dialog.getByLabel("Role").fill("Ticket triage");
  await dialog.getByRole("button", { name: "Create agent" }).click();
  const token = await page.getByTestId("agent-token").innerText();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await expect(page.getByText("Its program has not called yet")).toBeVisible();
  const id = new URL(page.url()).pathname.split("/")[2] as string;

  // What it does is shown without reading the page again.
  await asAgent(page, token, "POST", "/heartbeat", {});
  await expect(page.getByText("Its program has not called yet")).toBeHidden();
  const task = await api(page, "POST", `/boards/${board}/tasks`, { title: "Sort the tickets", assigned_agent_id: id });
  await asAgent(page, token, "PATCH", `/boards/${board}/tasks/${task.id}`, { status: "in_progress" });
  await expect(page.getByRole("link", { name: "Sort the tickets" })).toBeVisible();
  const parts = page.getByRole("navigation", { name: "Parts of the agent" });
  await parts.getByRole("link", { name: "Activity" }).click();
  await expect(page.getByRole("list", { name: "Activity" }).getByRole("link", { name: "Task moved" })).toBeVisible();

  await parts.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Role").fill("Night triage");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText(`Saved “${name}”`)).toBeVisible();
  const saved = await api(page, "GET", `/agents/${id}`);
  expect(saved.identity_profile).toEqual({ role: "Night triage" });

  // Another one stays.
  await api(page, "POST", "/agents", { name: unique("Otto"), board_id: board });
  await page.goto(`/agents?q=${encodeURIComponent(name)}`);
  await expect(page.getByRole("link", { name: "Sort the tickets" })).toBeVisible();
  const menu = page.getByRole("button", { name: `Actions for ${name}` });
  await menu.click();
  await expect(page.getByRole("menuitem", { name: "Wake now" })).toBeDisabled();
  await page.getByRole("menuitem", { name: "Pause" }).click();
  await expect(page.getByText(`${name} is paused`)).toBeVisible();
  await menu.click();
  await expect(page.getByRole("menuitem", { name: "Resume" })).toBeVisible();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await page.getByRole("button", { name: "Delete agent" }).click();
  await expect(page.getByText("No agent fits these filters")).toBeVisible();
});

test("a gateway that is away is stored, changed and deleted, and its token stands nowhere", async ({ page }) => {
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await signIn(page);
  const name = await addGateway(page);
  const id = new URL(page.url()).pathname.split("/")[2] as string;
  await page.goto(`/gateways/${id}/edit`);
  await expect(page).toHaveURL(/tab=settings/);
  await expect(page.getByLabel("New token")).toHaveValue("");
  await page.getByLabel("Address").fill("ws://127.0.0.1:10");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("button", { name: "Save anyway" }).click();
  await expect(page.getByText(`Saved “${name}” without trying it`)).toBeVisible();
  expect((await api(page, "GET", `/gateways/${id}`)).url).toBe("ws://127.0.0.1:10");
  expect(addresses.filter((address) => address.includes("a-secret"))).toEqual([]);
  await page.getByRole("button", { name: `Delete ${name}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Type/).fill(name);
  await dialog.getByRole("button", { name: "Delete gateway" }).click();
  await expect(page.getByRole("heading", { name: "Gateways", level: 1 })).toBeVisible();
  await expect(page.getByRole("link", { name: new RegExp(name) })).toHaveCount(0);
});

test("a text of the souls directory is looked up for a worker's role, read, used and taken back", async ({ page }) => {
  await signIn(page);
  const archives = await Archives.start();
  archives.publishSoul("zoe/night-watch", "# Night watch\nKeep the lamps lit.\n");
  await withGateway(page, async (gateway) => {
    const board = await createBoard(page, unique("Harbour"));
    await api(page, "PATCH", `/boards/${board}`, { gateway_id: gateway.id });
    const worker = { name: unique("Nell"), board_id: board, identity_profile: { role: "Night watch" } };
    const { id } = await api(page, "POST", "/agents", worker);
    await page.goto(`/agents/${id}?tab=settings`);
    const panel = page.getByRole("region", { name: "Soul for its role" });
    await expect(panel).toContainText("It has the server's own text");
    await panel.getByRole("button", { name: "Look for one" }).click();
    // The page learns by itself that it is there. Nothing is used that nobody has read.
    await expect(panel.getByRole("region", { name: "Text" })).toContainText("Keep the lamps lit.");
    await expect(panel.getByRole("link", { name: "zoe/night-watch" })).toHaveAttribute("rel", /noopener/);
    const soul = () => api(page, "GET", `/agents/${id}/role-soul`);
    expect((await soul()).accepted).toBeNull();
    await panel.getByRole("button", { name: "I have read it: use it" }).click();
    await expect(panel.getByText("Used", { exact: true })).toBeVisible();
    expect((await soul()).accepted.slug).toBe("night-watch");
    await panel.getByRole("button", { name: "Use the server's text again" }).click();
    await expect(panel).toContainText("It has the server's own text");
    expect((await soul()).accepted).toBeNull();

    await api(page, "PATCH", `/agents/${id}`, { identity_profile: { role: "Glass blower" } });
    await panel.getByRole("button", { name: "Look for one" }).click();
    await expect(panel.getByRole("status")).toContainText("no text for the role");
    await api(page, "DELETE", `/boards/${board}`);
  });
  await archives.stop();
});

inEveryLook("the fleet is accessible", async (page, check) => {
  const board = await createBoard(page, unique("Fleet"));
  const agent = await api(page, "POST", "/agents", { name: unique("Dan"), board_id: board });
  await page.goto("/agents");
  await expect(page.getByRole("link", { name: new RegExp(`^${agent.name}`) })).toBeVisible();
  await check("fleet");
  for (const tab of ["overview", "work", "messages", "activity", "settings"]) {
    await page.goto(`/agents/${agent.id}?tab=${tab}`);
    await expect(page.getByRole("heading", { name: agent.name, level: 1 })).toBeVisible();
    await check(`agent-${tab}`);
  }
  const name = await addGateway(page);
  const id = new URL(page.url()).pathname.split("/")[2] as string;
  await check("gateway-connection");
  for (const tab of ["agents", "sessions", "commands", "sync", "settings"]) {
    await page.goto(`/gateways/${id}?tab=${tab}`);
    await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
    await check(`gateway-${tab}`);
  }
  await page.goto("/gateways");
  await expect(page.getByRole("link", { name: new RegExp(`^${name}`) })).toBeVisible();
  await check("gateways");
  // Other tests want to see that there are none.
  await api(page, "DELETE", `/gateways/${id}?force=true`);
  await api(page, "DELETE", `/agents/${agent.id}`);
});
