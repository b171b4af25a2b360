import { expect, type Page, test } from "@playwright/test";
import { api, asAgent, createBoard, signIn, unique, withRights } from "./console";
import { inEveryLook } from "./looks";

/** A board with a lead; gives their names, the board's id, and how the lead asks. */
async function withLead(page: Page) {
  const boardName = unique("Release");
  const board = await createBoard(page, boardName);
  const lead = await api(page, "POST", "/agents", { name: unique("Lena"), board_id: board, is_board_lead: true });
  const ask = (content: string) =>
    asAgent(page, lead.token, "POST", `/boards/${board}/gateway/main/ask-user`, { content });
  return { board, boardName, lead: lead.name as string, token: lead.token as string, ask };
}

test("a lead asks, a person answers, and the answer reaches the lead", async ({ page }) => {
  await signIn(page);
  const { board, boardName, lead, token, ask } = await withLead(page);
  await page.goto("/questions");
  await expect(page.getByRole("heading", { name: "Questions", level: 1 })).toBeVisible();
  await ask("Shall we ship on **Friday**?");
  const question = page.getByRole("listitem", { name: `${lead} asks` });
  await expect(question).toBeVisible({ timeout: 5_000 });
  await expect(question).toContainText(boardName);
  const answer = question.getByRole("textbox", { name: `Answer to ${lead}` });
  await answer.fill("Only when the tests are green");
  await page.reload();
  await expect(answer).toHaveValue("Only when the tests are green");
  await answer.press("Enter");
  await expect(question).toBeHidden();
  // The lead finds it with its own token.
  const read = await page.request.get(`/api/v1/boards/${board}/questions`, { headers: { "X-Agent-Token": token } });
  expect((await read.json()).items).toMatchObject([{ answer: "Only when the tests are green" }]);

  await page.getByRole("link", { name: "Answered" }).click();
  await expect(page).toHaveURL(/show=answered/);
  await expect(question).toContainText("Only when the tests are green");
  await question.getByRole("link", { name: boardName }).click();
  await expect(page.getByRole("heading", { name: boardName, level: 1 })).toBeVisible();
});

test("a question that somebody else has answered leaves the page, and readers cannot answer", async ({ page }) => {
  await signIn(page);
  const { board, lead, ask } = await withLead(page);
  await ask("Who pays?");
  await page.goto("/questions");
  const question = page.getByRole("listitem", { name: `${lead} asks` });
  await expect(question).toBeVisible();
  const [open] = (await api(page, "GET", `/boards/${board}/questions?open=true`)).items;
  await api(page, "POST", `/boards/${board}/questions/${open.id}/answer`, { content: "We do." });
  await expect(question).toBeHidden({ timeout: 5_000 });

  await ask("Who reads?");
  await withRights(page, { role: "member", all_boards_write: false, board_access: [] });
  await page.reload();
  await expect(question.getByPlaceholder(/^You can read this board but not change it/)).toBeDisabled();
});

inEveryLook("the questions are accessible", async (page, check) => {
  const { board, lead, ask } = await withLead(page);
  await ask(`A rather long question with a list:\n\n- one\n- two\n\n${"and some words ".repeat(20)}`);
  await page.goto("/questions");
  await expect(page.getByRole("listitem", { name: `${lead} asks` })).toBeVisible();
  await check("questions");
  for (const { id } of (await api(page, "GET", `/boards/${board}/questions?open=true`)).items) {
    await api(page, "POST", `/boards/${board}/questions/${id}/answer`, { content: "Yes, `both`." });
  }
  await page.goto("/questions?show=answered");
  await expect(page.getByRole("listitem", { name: `${lead} asks` })).toBeVisible();
  await check("questions-answered");
  await page.route("**/api/v1/questions*", (route) =>
    route.fulfill({ json: { items: [], total: 0, limit: 50, offset: 0 } }),
  );
  await page.goto("/questions");
  await expect(page.getByText("No open questions")).toBeVisible();
  await check("questions-empty");
});
