import path from "node:path";
import { type Page, test } from "@playwright/test";
import { completeProfile, required, signIn } from "../e2e/console";
import { settled } from "../e2e/looks";

const FOLDER = path.resolve(import.meta.dirname, "../../docs/console");

test("take the pictures", async ({ browser }) => {
  test.setTimeout(600_000);
  for (const theme of ["light", "dark"] as const) {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      colorScheme: theme,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    if (theme === "light") {
      await page.goto("/sign-in");
      await page.getByLabel("Access token").waitFor();
      await take(page, "sign-in");
    }
    // A tab keeps the organization in which it has begun.
    await chooseDemo(page);
    await signIn(page);
    for (const [name, address] of await pages(page, theme)) {
      await page.goto(address);
      // What opens beside a page is loaded after it.
      if (/[?&](panel|taskId)=/.test(address)) await page.getByRole("dialog").waitFor();
      await take(page, name);
    }
    if (theme === "light") {
      // Who has no time zone is asked for it.
      await completeProfile(page, null);
      await page.goto("/onboarding");
      await take(page, "profile");
      await completeProfile(page);
    }
    await context.close();
  }
  const phone = await browser.newContext({
    viewport: { width: 390, height: 844 },
    colorScheme: "dark",
    reducedMotion: "reduce",
  });
  const page = await phone.newPage();
  await signIn(page);
  const board = (await first(page, "boards", "Fleet software")).id;
  for (const [name, address] of [
    ["phone-dashboard", "/dashboard"],
    ["phone-board", `/boards/${board}`],
    ["phone-approvals", "/approvals"],
  ] as const) {
    await page.goto(address);
    await take(page, name);
  }
  await phone.close();
});

async function pages(page: Page, theme: "light" | "dark"): Promise<(readonly [string, string])[]> {
  const board = (await first(page, "boards", "Fleet software")).id;
  if (theme === "dark") {
    return [
      ["dashboard-dark", "/dashboard?range=1m"],
      ["board-dark", `/boards/${board}`],
    ];
  }
  const tasks = await read(page, `boards/${board}/tasks?status=in_progress&limit=1`);
  const group = (await first(page, "board-groups")).id;
  const agent = (await first(page, "agents", "Atlas")).id;
  const gateway = (await first(page, "gateways")).id;
  const webhook = (await first(page, `boards/${board}/webhooks`))?.id;
  return [
    ["dashboard", "/dashboard?range=1m"],
    ["approvals", "/approvals"],
    ["questions", "/questions"],
    ["activity", "/activity"],
    ["boards", "/boards"],
    ["board", `/boards/${board}`],
    ["board-list", `/boards/${board}?view=list`],
    ["task", `/boards/${board}?taskId=${tasks.items[0]?.id}`],
    ["chat", `/boards/${board}?panel=chat`],
    ["board-settings", `/boards/${board}/settings`],
    ["interview", `/boards/${board}/interview`],
    ["webhooks", `/boards/${board}/webhooks`],
    ...(webhook ? ([["webhook", `/boards/${board}/webhooks/${webhook}`]] as const) : []),
    ["board-groups", "/board-groups"],
    ["board-group", `/board-groups/${group}`],
    ["agents", "/agents"],
    ["agent", `/agents/${agent}`],
    ["gateways", "/gateways"],
    ["gateway", `/gateways/${gateway}`],
    ["skills", "/skills/marketplace"],
    ["packs", "/skills/packs"],
    ["tags", "/tags"],
    ["custom-fields", "/custom-fields"],
    ["organization", "/organization"],
    ["invite", "/invite#token=example"],
    ["audit", "/audit"],
    ["system", "/system"],
    ["settings", "/settings"],
    ["welcome", "/welcome"],
  ];
}

/** Makes the demo the organization that is shown. */
async function chooseDemo(page: Page): Promise<void> {
  await completeProfile(page);
  const organizations = await read(page, "organizations/me/list");
  const demo = organizations.find((organization: { name: string }) => organization.name.startsWith("Demo"));
  if (!demo) throw new Error("there is no demo; `mission-control demo` makes it");
  await page.request.patch("/api/v1/organizations/me/active", {
    data: { organization_id: demo.id },
    headers: bearer(),
  });
}

async function first(page: Page, list: string, name?: string) {
  const { items } = await read(page, list);
  return items.find((item: { name?: string }) => name === undefined || item.name === name);
}

async function read(page: Page, path: string) {
  return (await page.request.get(`/api/v1/${path}`, { headers: bearer() })).json();
}

function bearer() {
  return { Authorization: `Bearer ${required("MC_E2E_TOKEN")}` };
}

async function take(page: Page, name: string): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await settled(page);
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`) });
}
