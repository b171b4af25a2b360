import { expect } from "@playwright/test";
import { createBoard, createTask, signIn, unique } from "./console";
import { ALL_LOOKS, inEveryLook } from "./looks";

inEveryLook(
  "every page is accessible",
  async (page, check, size) => {
    await page.goto("/");
    await expect(page.getByLabel("Access token")).toBeVisible();
    await check("sign-in");
    await signIn(page);
    await page.goto("/boards");
    await expect(page.getByRole("heading", { name: "Boards", level: 1 })).toBeVisible();
    await check("boards");
    const board = await createBoard(page, unique("Access"));
    await check("board-empty");
    await createTask(page, "First task with a rather long title that has to be broken into two lines");
    await createTask(page, "Second task");
    // Without the notices, which go by themselves.
    await page.reload();
    await expect(page.getByRole("link", { name: "Second task" })).toBeVisible();
    await check("board");
    await page.goto(`/boards/${board}?view=list`);
    await expect(page.getByRole("link", { name: "Second task" })).toBeVisible();
    await check("list");
    await page.getByRole("link", { name: "Second task" }).click();
    await expect(page.getByText("No comments yet")).toBeVisible();
    await check("task");
    for (const panel of ["chat", "notes", "activity"]) {
      await page.goto(`/boards/${board}?panel=${panel}`);
      await expect(page.getByRole("dialog")).toBeVisible();
      await check(panel);
    }
    await page.goto(`/boards/${board}`);
    await page.getByRole("button", { name: "New task", exact: true }).click();
    await expect(page.getByRole("dialog", { name: "New task" })).toBeVisible();
    await check("new-task");
    await page.goto(`/boards/${board}/webhooks`);
    await expect(page.getByText("No webhooks yet")).toBeVisible();
    await check("webhooks-empty");
    await page.getByRole("button", { name: "New webhook" }).first().click();
    const dialog = page.getByRole("dialog");
    await check("new-webhook");
    await dialog.getByLabel("Instruction").fill("Do something.");
    await dialog.getByRole("button", { name: "Create webhook" }).click();
    await expect(dialog.getByText("The webhook is ready")).toBeVisible();
    await check("webhook-created");
    await dialog.getByRole("button", { name: "Done" }).click();
    await check("webhooks");
    await page.getByRole("link", { name: "Do something." }).click();
    await expect(page.getByText("Nothing has arrived yet")).toBeVisible();
    await check("webhook");
    await page.goto(`/boards/${board}/settings`);
    await expect(page.getByRole("heading", { name: "Rules" })).toBeVisible();
    await check("board-settings");
    await page.goto("/agents?create=true");
    await expect(page.getByRole("dialog", { name: "New agent" })).toBeVisible();
    await check("new-agent");
    await page.getByRole("dialog").getByLabel("Name").fill(unique("Ada"));
    await page.getByRole("button", { name: "Create agent" }).click();
    await expect(page.getByTestId("agent-token")).toBeVisible();
    await check("agent-created");
    await page.getByRole("button", { name: "Done" }).click();
    await check("agents");
    await page.goto("/gateways");
    await expect(page.getByText("No gateways yet")).toBeVisible();
    await check("gateways-empty");
    await page.getByRole("button", { name: "Add gateway" }).first().click();
    await page.getByLabel("Address").fill("ws://127.0.0.1:9");
    await page.getByRole("button", { name: "Run checks" }).click();
    await expect(page.getByRole("region", { name: "Connection checks" })).toBeVisible();
    await check("gateway-doctor");
    await page.goto("/activity");
    // Just after midnight all of it was yesterday.
    await expect(page.getByRole("heading", { name: /^(Today|Yesterday)$/ }).first()).toBeVisible();
    await check("activity");
    await page.keyboard.press("Control+k");
    await expect(page.getByPlaceholder("Find anything, or run a command…")).toBeFocused();
    await check("palette");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    await check("shortcuts");
    await page.keyboard.press("Escape");
    if (size === "phone") {
      await page.getByRole("button", { name: "Open navigation" }).click();
      await check("navigation");
    }
    await page.getByRole("button", { name: /open user menu/i }).click();
    await expect(page.getByRole("menu")).toBeVisible();
    // A menu floats above the page and so lies in no landmark; that is how menus are.
    await check("user-menu", ["region"]);
    await page.goto("/settings");
    await expect(page.getByText("This browser", { exact: true })).toBeVisible();
    await check("settings");
    await page.goto("/boards?create=true");
    await expect(page.getByRole("dialog")).toBeVisible();
    await check("new-board");
    await page.goto("/nowhere");
    await expect(page.getByText("There is no page at this address")).toBeVisible();
    await check("not-found");
    await page.goto(`/boards/00000000-0000-4000-8000-000000000000`);
    await expect(page.getByText("The board could not be loaded")).toBeVisible();
    await check("board-error");
  },
  { looks: ALL_LOOKS, signedIn: false },
);
