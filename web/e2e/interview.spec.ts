import { expect, type Page, test } from "@playwright/test";
import { api, asAgent, signIn, unique } from "./console";
import { type Gateway, withGateway } from "./gateway";
import { inEveryLook } from "./looks";

const DRAFT = {
  status: "complete",
  board_type: "goal",
  objective: "Answer every ticket within a day",
  success_metrics: { answered: "95 % within 24 hours" },
  target_date: "2027-03-01T00:00:00",
  lead_agent: { name: "Ava", autonomy_level: "balanced", identity_profile: { role: "Support lead" } },
};

/** A goal board on a gateway; gives its id, and what the interviewer does. */
async function withBoard(page: Page, gateway: Gateway) {
  const { id } = await api(page, "POST", "/boards", {
    name: unique("Support"),
    slug: "",
    description: "A board of the browser tests",
    board_type: "goal",
    gateway_id: gateway.id,
  });
  const says = (body: object) => asAgent(page, gateway.mainToken, "POST", `/boards/${id}/onboarding`, body);
  return { board: id as string, says };
}

const QUESTION = {
  question: "What is the board for?",
  options: [
    { id: "sales", label: "Sales" },
    { id: "support", label: "Support" },
    { id: "other", label: "Other (I'll type it)" },
  ],
};

test("an agent finds out in questions and answers what a board is for", async ({ page }) => {
  await signIn(page);
  await withGateway(page, async (gateway) => {
    const { board, says } = await withBoard(page, gateway);
    await page.goto(`/boards/${board}/settings`);
    await expect(page.getByText("The goal of this board is not confirmed.")).toBeVisible();
    await page.getByRole("link", { name: "Open the interview" }).click();
    await page.getByRole("button", { name: "Begin the interview" }).click();
    await expect(page.getByText("The agent thinks…")).toBeVisible();

    await says(QUESTION);
    await expect(page.getByText("What is the board for?")).toBeVisible({ timeout: 5_000 });
    const send = page.getByRole("button", { name: "Answer", exact: true });
    await expect(send).toHaveAttribute("aria-disabled", "true");
    await page.getByRole("checkbox", { name: "Support" }).click();
    const words = page.getByLabel("In your own words");
    await words.fill("For customers of the shop");
    await page.reload();
    await expect(words).toHaveValue("For customers of the shop");
    await page.getByRole("checkbox", { name: "Support" }).click();
    await words.press("Enter");
    const transcript = page.getByRole("list", { name: "What was said" });
    await expect(transcript).toContainText("Support");
    await expect(transcript).toContainText("For customers of the shop");
    await expect(page.getByText("The agent thinks…")).toBeVisible();

    await says(DRAFT);
    await expect(page.getByRole("heading", { name: "The proposal" })).toBeVisible({ timeout: 5_000 });
    await expect(page.getByRole("region", { name: "Lead and you" })).toContainText("Support lead");
    await page.getByRole("textbox", { name: "Objective" }).fill("Answer every ticket within two days");
    // A newer proposal does not take away what was typed.
    await page.getByLabel("Something is missing?").fill("We are four people.");
    await page.getByRole("button", { name: "Tell the agent" }).click();
    await expect(transcript).toContainText("We are four people.");
    await says({ ...DRAFT, objective: "Answer with four people" });
    await expect(page.getByRole("textbox", { name: "Objective" })).toHaveValue(
      /Answer (every ticket within two days|with four people)/,
    );
    await page.getByRole("textbox", { name: "Objective" }).fill("");
    await page.getByRole("button", { name: "Accept" }).click();
    await expect(page.getByText("A goal board needs an objective.")).toBeVisible();
    await page.getByRole("textbox", { name: "Objective" }).fill("Answer with four people");
    await page.getByRole("button", { name: "Accept" }).click();
    await expect(page).toHaveURL(new RegExp(`/boards/${board}$`));
    const saved = await api(page, "GET", `/boards/${board}`);
    expect(saved).toMatchObject({ goal_confirmed: true, objective: "Answer with four people" });
    expect(saved.target_date).toMatch(/^2027-03-01/);
    // Nobody is asked twice.
    await page.goto(`/boards/${board}/settings`);
    await expect(page.getByRole("heading", { name: "Rules" })).toBeVisible();
    await expect(page.getByText("The goal of this board is not confirmed.")).toBeHidden();
    await page.goto(`/boards/${board}/interview`);
    await expect(page.getByRole("button", { name: "Interview again" })).toBeVisible();
  });
});

test("without a gateway the interview says why it cannot begin, and leads to the form", async ({ page }) => {
  await signIn(page);
  const { id } = await api(page, "POST", "/boards", {
    name: unique("Alone"),
    slug: "",
    description: "A board of the browser tests",
    board_type: "goal",
  });
  await page.goto(`/boards/${id}/interview`);
  await expect(page.getByText("The board has no gateway").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Begin the interview" })).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("link", { name: "Fill in the goal by hand" }).click();
  await expect(page).toHaveURL(/settings/);
});

inEveryLook("the interview is accessible", async (page, check) => {
  await withGateway(page, async (gateway) => {
    const { board, says } = await withBoard(page, gateway);
    await page.goto(`/boards/${board}/interview`);
    await expect(page.getByRole("button", { name: "Begin the interview" })).toBeVisible();
    await check("interview-intro");
    await page.getByRole("button", { name: "Begin the interview" }).click();
    await expect(page.getByText("The agent thinks…")).toBeVisible();
    await check("interview-waiting");
    await says(QUESTION);
    await expect(page.getByRole("checkbox", { name: "Support" })).toBeVisible();
    await check("interview-question");
    await api(page, "POST", `/boards/${board}/onboarding/answer`, { answer: "Support" });
    await says(DRAFT);
    await expect(page.getByRole("heading", { name: "The proposal" })).toBeVisible();
    await check("interview-draft");
    await page.getByRole("button", { name: "Accept" }).click();
    await expect(page).toHaveURL(new RegExp(`/boards/${board}$`));
    await page.goto(`/boards/${board}/interview`);
    await expect(page.getByRole("button", { name: "Interview again" })).toBeVisible();
    await check("interview-done");
  });
});
