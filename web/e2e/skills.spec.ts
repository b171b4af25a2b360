import { expect, test } from "@playwright/test";
import { Archives } from "./archives";
import { api, asAgent, signIn, unique, withRights } from "./console";
import { withGateway } from "./gateway";
import { inEveryLook } from "./looks";

const address = (name: string) => `https://github.com/mission-control-tests/${name.replaceAll(" ", "-").toLowerCase()}`;

const repository = (name: string) => new URL(address(name)).pathname.slice(1);

let archives: Archives;
test.beforeAll(async () => {
  archives = await Archives.start();
});
test.afterAll(() => archives.stop());

/** A skill's file, as repositories have it. */
const skillFile = (name: string) => `---\nname: ${name}\ndescription: Does ${name}.\n---\n`;

test("a pack is added, synced with its warnings told, changed and deleted", async ({ page }) => {
  await signIn(page);
  const name = unique("Office");
  await page.goto("/skills/packs/new");
  const add = page.getByRole("dialog", { name: "New pack" });
  await add.getByLabel("Repository").fill("https://example.org/owner/repository");
  await add.getByRole("button", { name: "Add pack" }).click();
  await expect(add.getByText(/^The address is https:\/\/github\.com/)).toBeVisible();
  await add.getByLabel("Repository").fill(address(name));
  await add.getByLabel("Name").fill(name);
  await add.getByRole("button", { name: "Add pack" }).click();
  await expect(add).toBeHidden();
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("Never");

  // There is no such repository yet.
  await page.getByRole("button", { name: `Sync ${name}` }).click();
  const report = page.getByRole("region", { name: "Last sync" });
  await expect(report.getByRole("alert")).toContainText("The repository could not be read", { timeout: 30_000 });
  await expect(row).toContainText("Failed");

  const files = { "skills/letters/SKILL.md": skillFile("Letters"), "skills/notes/SKILL.md": skillFile("Notes") };
  archives.publish(repository(name), "main", files);
  await page.getByRole("button", { name: `Sync ${name}` }).click();
  await expect(report).toContainText("2 skills, 2 new, 0 changed");
  await expect(row).not.toContainText("Failed");
  // What the sync has left out is told.
  archives.publish(repository(name), "main", { ...files, "skills_index.json": "no list" });
  await page.getByRole("button", { name: `Sync ${name}` }).click();
  await expect(report.getByRole("list", { name: `Warnings for ${name}` })).toContainText(
    "skills_index.json is not a list of objects",
  );
  await page.getByRole("button", { name: "Sync all" }).filter({ visible: true }).click();
  await expect(report.getByRole("status")).toContainText(/^Synced \d+ pack/);
  await report.getByRole("button", { name: "Close" }).click();
  await expect(report).toBeHidden();
  // The number of its skills leads to them.
  await row.getByRole("link", { name: /^2 skills of/ }).click();
  await expect(page).toHaveURL(/packId=/);
  await page.goBack();

  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Edit…" }).click();
  const edit = page.getByRole("dialog", { name: `Edit “${name}”` });
  await expect(edit.getByRole("button", { name: "Save changes" })).toHaveAttribute("aria-disabled", "true");
  await edit.getByLabel("Branch").fill("stable");
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await edit.getByRole("button", { name: "Save changes" }).click();
  expect((await sent).postDataJSON()).toEqual({ branch: "stable" });
  await expect(row).toContainText("stable");
  await page.goto(`/skills/packs?source_url=${encodeURIComponent(address(name))}`);
  await expect(page.getByRole("row").filter({ hasText: "stable" })).toHaveCount(1);
  await page.getByRole("button", { name: "Show all packs" }).click();
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete pack" }).click();
  await expect(row).toHaveCount(0);
});

test("a skill is added, installed and removed on a gateway, as its agent reports", async ({ page }) => {
  await signIn(page);
  const name = unique("Invoices");
  await page.goto("/skills/marketplace");
  await expect(page.getByText("No gateway to install skills on")).toBeVisible();
  await withGateway(page, async (gateway) => {
    await page.goto("/skills/marketplace?add=true");
    const add = page.getByRole("dialog", { name: "Add a skill" });
    await add.getByLabel("Address").fill(address(name));
    await page.reload();
    await expect(add.getByLabel("Address")).toHaveValue(address(name));
    await add.getByLabel("Name").fill(name);
    await add.getByLabel("Description").fill("Writes invoices.");
    await add.getByRole("button", { name: "Add skill" }).click();
    await expect(add).toBeHidden();

    await page.getByRole("searchbox", { name: "Search the skills" }).fill(name);
    await expect(page).toHaveURL(/search=Invoices/);
    const row = page.getByRole("row").filter({ hasText: name });
    await expect(row).toBeVisible();
    await page.goto(`/skills/marketplace?search=${encodeURIComponent(name)}&risk=critical`);
    await expect(page.getByText("No skill matches the filters")).toBeVisible();
    await page.getByRole("button", { name: "Remove the filter Risk: critical" }).click();
    await row.getByRole("link", { name }).click();

    const dialog = page.getByRole("dialog", { name });
    const place = dialog.getByRole("listitem").filter({ hasText: gateway.name });
    const skill = new URL(page.url()).searchParams.get("skill") as string;
    const reports = (body: object) => asAgent(page, gateway.mainToken, "POST", `/gateway/skills/${skill}/report`, body);
    await place.getByRole("button", { name: "Install" }).click();
    await expect(place).toContainText("Being installed");
    await reports({ state: "failed", detail: "The folder has no SKILL.md." });
    await expect(place.getByRole("alert")).toContainText("The folder has no SKILL.md.", { timeout: 5_000 });
    await place.getByRole("button", { name: "Try again" }).click();
    await expect(place).toContainText("Being installed");
    await reports({ state: "installed" });
    await expect(place.getByText("Installed", { exact: true })).toBeVisible({ timeout: 5_000 });
    await place.getByRole("button", { name: "Remove" }).click();
    await expect(place).toContainText("Being removed");
    await reports({ state: "removed" });
    await expect(place.getByRole("button", { name: "Install" })).toBeVisible({ timeout: 5_000 });

    await dialog.getByRole("button", { name: "Remove from the list…" }).click();
    await page.getByRole("button", { name: "Remove skill" }).click();
    await expect(row).toHaveCount(0);
  });
});

test("members learn that skills are for administrators", async ({ page }) => {
  await signIn(page);
  await withRights(page, { role: "member" });
  await page.goto("/skills/packs");
  await expect(page.getByText("Packs are looked after by administrators")).toBeVisible();
  await expect(page.getByRole("button", { name: "New pack" })).toHaveAttribute("aria-disabled", "true");
  await page.goto("/skills");
  await expect(page).toHaveURL(/\/skills\/marketplace/);
  await expect(page.getByText("Skills are looked after by administrators")).toBeVisible();
});

inEveryLook("skills and packs are accessible", async (page, check) => {
  const name = unique("Looks");
  const pack = await api(page, "POST", "/skills/packs", { source_url: address(name), name });
  const skill = await api(page, "POST", "/skills/marketplace", { source_url: address(`${name} skill`), name });
  await page.goto("/skills/marketplace");
  await expect(page.getByText("No gateway to install skills on")).toBeVisible();
  await check("skills-no-gateway");
  await withGateway(page, async () => {
    await page.goto(`/skills/marketplace?search=${encodeURIComponent(name)}`);
    await expect(page.getByRole("link", { name }).first()).toBeVisible();
    await check("skills");
    await page.goto(`/skills/marketplace?search=${encodeURIComponent(name)}&skill=${skill.id}`);
    await expect(page.getByRole("dialog", { name })).toBeVisible();
    await check("skill");
    await page.goto("/skills/marketplace?add=true");
    await expect(page.getByRole("dialog", { name: "Add a skill" })).toBeVisible();
    await check("skill-add");
    await page.goto("/skills/marketplace?search=there-is-none&risk=critical");
    await expect(page.getByText("No skill matches the filters")).toBeVisible();
    await check("skills-filtered");
  });
  archives.publish(repository(name), "main", {
    "skills/one/SKILL.md": skillFile("One"),
    "skills_index.json": "no list",
  });
  await page.goto("/skills/packs");
  await page.getByRole("button", { name: `Sync ${name}` }).click();
  await expect(page.getByText("skills_index.json is not a list of objects")).toBeVisible();
  await check("packs");
  await page.goto(`/skills/packs?edit=${pack.id}`);
  await expect(page.getByRole("dialog").getByLabel("Branch")).toBeVisible();
  await check("pack");
  await api(page, "DELETE", `/skills/packs/${pack.id}`);
  await api(page, "DELETE", `/skills/marketplace/${skill.id}`);
});
