import { expect, test } from "@playwright/test";
import { signIn } from "./console";
import { inEveryLook } from "./looks";

const DEMO = "Demo: Northwind Robotics";

inEveryLook("the system and the first steps", async (page, check) => {
  await page.goto("/welcome");
  await expect(page.getByRole("list", { name: "Steps" })).toBeVisible();
  await check("welcome");
  await page.goto("/system");
  await expect(page.getByRole("heading", { name: "Health" })).toBeVisible();
  await expect(page.getByText("The database answers")).toBeVisible();
  await check("system");
  await page.getByRole("button", { name: /^Waiting/ }).click();
  await expect(page).toHaveURL(/jobs=queued/);
});

test("the demo is made, looked at and removed", async ({ page }) => {
  await signIn(page);
  const switcher = page.getByRole("button", { name: /^Organization:/ });
  const before = await switcher.getAttribute("aria-label");
  await page.goto("/welcome");
  await page.getByRole("button", { name: "Explore the demo" }).click();
  await expect(page.getByRole("button", { name: `Organization: ${DEMO}` })).toBeVisible();
  const board = page.getByRole("main").getByRole("link", { name: "Fleet software" });
  await expect(board).toBeVisible();
  await board.click();
  await expect(page.getByText("Replay the Rotterdam logs against 6.3")).toBeVisible();

  await page.goto("/system");
  await page.getByRole("button", { name: "Remove…" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove the demo?" });
  await expect(dialog.getByRole("button", { name: "Remove the demo" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByRole("textbox").fill(DEMO);
  await dialog.getByRole("button", { name: "Remove the demo" }).click();
  await expect(page.getByRole("button", { name: "Make the demo" })).toBeVisible();
  await expect(switcher).toHaveAttribute("aria-label", before ?? "");
});
