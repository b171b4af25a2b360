import type { QueryClient } from "@tanstack/react-query";
import type { Page } from "@/api/client";
import { keys } from "@/api/keys";
import type { BoardSnapshot, GroupMemory, Memory, TaskComment } from "@/api/types";
import { removeTask, upsertTask } from "@/features/task/graph";
import { refreshActivitySoon } from "./activity";
import { renew, rereadIfReading } from "./renew";
import type { Change, Frame } from "./types";

/**
 * Brings the query cache up to date with one frame of the event stream. Rows that the event carries are written into
 * the cache; everything else that the event touches is read again, but only where it is on screen.
 */
export function applyFrame(cache: QueryClient, frame: Frame): void {
  if (frame.kind === "resync") {
    // The log no longer reaches back to where this page stood.
    renew(cache);
  } else if (frame.kind === "change") {
    applyChange(cache, frame.change);
  }
}

function applyChange(cache: QueryClient, change: Change): void {
  const board = change.board_id;
  const [subject] = change.type.split(".");
  switch (subject) {
    case "task":
      if (board) applyTask(cache, board, change);
      refreshFleet(cache, change);
      refreshGroupsSoon(cache);
      break;
    case "memory":
      if (board) applyMemory(cache, board, change);
      break;
    case "board":
      applyBoard(cache, board, change);
      break;
    case "webhook":
      if (board) applyWebhook(cache, board, change);
      break;
    case "approval":
      renew(cache, { queryKey: keys.approvals });
      if (board) renew(cache, { queryKey: keys.snapshot(board) });
      break;
    case "gateway":
      renew(cache, { queryKey: keys.gateways });
      // On boards with a gateway a question is asked through it.
      if (change.type.startsWith("gateway.lead.ask_user")) renew(cache, { queryKey: keys.questions });
      break;
    case "agent":
      renew(cache, { queryKey: keys.agents });
      if (board) renew(cache, { queryKey: keys.snapshot(board) });
      break;
    case "organization":
      renew(cache, { queryKey: keys.organizations });
      renew(cache, { queryKey: keys.organization });
      renew(cache, { queryKey: keys.membership });
      renew(cache, { queryKey: keys.members });
      renew(cache, { queryKey: keys.invites });
      break;
    case "tag":
      renew(cache, { queryKey: keys.tags });
      break;
    case "custom_field":
      renew(cache, { queryKey: keys.customFields });
      break;
    case "board_group":
      renew(cache, { queryKey: keys.groups });
      if (change.board_group_id) renew(cache, { queryKey: keys.group(change.board_group_id) });
      break;
    case "group_memory":
      applyGroupMemory(cache, change);
      break;
    case "question":
      renew(cache, { queryKey: keys.questions });
      break;
    case "onboarding":
      if (board) renew(cache, { queryKey: keys.interview(board) });
      break;
    case "skill":
      renew(cache, { queryKey: keys.skills });
      break;
    case "skill_pack":
      renew(cache, { queryKey: keys.skills });
      renew(cache, { queryKey: keys.packs });
      break;
    case "session":
      renew(cache, { queryKey: keys.sessions });
      if (change.type === "session.revoked") renew(cache, { queryKey: keys.session });
      break;
    default:
      // A newer server may speak of things that this console does not show.
      break;
  }
  if (subject !== "task" && AUDITED.test(change.type)) renew(cache, { queryKey: keys.audit });
  refreshActivitySoon(cache);
  refreshOverview(cache);
}

// Events that may be told in the audit log too. What agents and senders of webhooks do all the time is not.
const AUDITED =
  /^(organization|session|approval)\.|\.(created|deleted|paused|resumed)$|^(gateway|board|webhook)\.updated$/;

function applyTask(cache: QueryClient, board: string, change: Change): void {
  const snapshotKey = keys.snapshot(board);
  if (change.type === "task.comment") {
    const comment = change.data?.comment;
    const task = change.task_id ?? comment?.task_id;
    if (task && comment) upsertComment(cache, board, task, comment);
    else if (task) renew(cache, { queryKey: keys.comments(board, task) });
    return;
  }
  if (change.type === "task.deleted") {
    const id = change.task_id;
    if (id) patchSnapshot(cache, board, (snapshot) => removeTask(snapshot, id));
    else renew(cache, { queryKey: snapshotKey });
    return;
  }
  const task = change.data?.task;
  if (change.type === "task.status_changed" && change.task_id) {
    renew(cache, { queryKey: keys.stays(board, change.task_id) });
  }
  if (task) patchSnapshot(cache, board, (snapshot) => upsertTask(snapshot, task));
}

function applyGroupMemory(cache: QueryClient, change: Change): void {
  const group = change.board_group_id;
  const memory = change.data?.memory as GroupMemory | null | undefined;
  if (group && memory) upsertGroupMemory(cache, group, memory);
  else if (group) renew(cache, { queryKey: [...keys.group(group), "memory"] });
}

// A group's page shows the tasks of many boards; they are read again at most this often.
const GROUPS_INTERVAL_MS = 1_000;
const groupsPending = new WeakSet<QueryClient>();

function refreshGroupsSoon(cache: QueryClient): void {
  if (groupsPending.has(cache) || cache.getQueryCache().findAll({ queryKey: ["group"] }).length === 0) return;
  groupsPending.add(cache);
  setTimeout(() => {
    groupsPending.delete(cache);
    renew(cache, {
      predicate: ({ queryKey }) => queryKey[0] === "group" && queryKey[2] === "snapshot",
    });
  }, GROUPS_INTERVAL_MS);
}

function applyMemory(cache: QueryClient, board: string, change: Change): void {
  const memory = change.data?.memory as Memory | null | undefined;
  if (!memory) {
    renew(cache, { queryKey: [...keys.board(board), "memory"] });
    return;
  }
  upsertMemory(cache, board, memory);
}

function applyBoard(cache: QueryClient, board: string | null, change: Change): void {
  renew(cache, { queryKey: keys.boards });
  // Boards come into groups and leave them.
  renew(cache, { queryKey: keys.groups });
  refreshGroupsSoon(cache);
  if (!board) return;
  if (change.type === "board.deleted") {
    // Forgotten and asked for again where it is shown, so that its page says that it is gone.
    void cache.resetQueries({ queryKey: keys.board(board) });
    return;
  }
  if (change.type === "board.updated") {
    renew(cache, { queryKey: keys.boardDetail(board) });
    renew(cache, { queryKey: keys.snapshot(board) });
  }
}

function applyWebhook(cache: QueryClient, board: string, change: Change): void {
  const webhook = change.data?.webhook_id;
  const payload = change.data?.payload_id;
  if (["webhook.created", "webhook.updated", "webhook.deleted"].includes(change.type)) {
    renew(cache, { queryKey: keys.webhooks(board) });
    return;
  }
  if (!webhook) return;
  renew(cache, { queryKey: keys.payloads(board, webhook) });
  if (payload) renew(cache, { queryKey: keys.payload(board, webhook, payload) });
}

/** Puts a comment into the cached list of its task, at its place in time. */
export function upsertComment(cache: QueryClient, board: string, task: string, comment: TaskComment): void {
  const key = keys.comments(board, task);
  patchList<TaskComment>(cache, key, (page) => {
    if (page.items.some((item) => item.id === comment.id)) {
      return { ...page, items: page.items.map((item) => (item.id === comment.id ? comment : item)) };
    }
    const items = [...page.items, comment].sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
    return { ...page, items, total: page.total + 1 };
  });
}

/** Puts a chat message or a note on top of the cached list. */
export function upsertMemory(cache: QueryClient, board: string, memory: Memory): void {
  upsertNewest(cache, keys.memory(board, memory.is_chat ? "chat" : "notes"), memory);
}

/** Puts a message or a note of a group on top of the cached list. */
export function upsertGroupMemory(cache: QueryClient, group: string, memory: GroupMemory): void {
  upsertNewest(cache, keys.groupMemory(group, memory.is_chat ? "chat" : "notes"), memory);
}

function upsertNewest<T extends { id: string }>(cache: QueryClient, key: readonly string[], entry: T): void {
  patchList<T>(cache, key, (page) =>
    page.items.some((item) => item.id === entry.id)
      ? page
      : { ...page, items: [entry, ...page.items], total: page.total + 1 },
  );
}

/** Changes a cached snapshot. */
export function patchSnapshot(
  cache: QueryClient,
  board: string,
  change: (snapshot: BoardSnapshot) => BoardSnapshot,
): void {
  const key = keys.snapshot(board);
  cache.setQueryData<BoardSnapshot>(key, (snapshot) => (snapshot ? change(snapshot) : snapshot));
  rereadIfReading(cache, key);
}

function patchList<T>(cache: QueryClient, key: readonly string[], change: (page: Page<T>) => Page<T>): void {
  cache.setQueryData<Page<T>>(key, (page) => (page ? change(page) : page));
  rereadIfReading(cache, key);
}

// Figures over days do not change in a second; reading them costs the server more than a list.
const OVERVIEW_INTERVAL_MS = 5_000;
const pendingOverviews = new WeakMap<QueryClient, ReturnType<typeof setTimeout>>();

function refreshOverview(cache: QueryClient): void {
  if (pendingOverviews.has(cache) || cache.getQueryCache().findAll({ queryKey: keys.overview }).length === 0) return;
  const timer = setTimeout(() => {
    pendingOverviews.delete(cache);
    renew(cache, { queryKey: keys.overview });
  }, OVERVIEW_INTERVAL_MS);
  pendingOverviews.set(cache, timer);
}

// The fleet shows what agents work on; boards where much goes on change that more often than anybody can read.
const FLEET_INTERVAL_MS = 2_000;
const pendingFleet = new WeakMap<QueryClient, Set<string>>();

/** Reads again what pages on agents show of tasks: what each works on, what waits for it, what it did. */
function refreshFleet(cache: QueryClient, change: Change): void {
  const boards = pendingFleet.get(cache);
  const board = change.board_id ?? "";
  if (boards) {
    boards.add(board);
    return;
  }
  const waiting = new Set([board]);
  pendingFleet.set(cache, waiting);
  setTimeout(() => {
    pendingFleet.delete(cache);
    renew(cache, { queryKey: keys.agents });
    for (const id of waiting) renew(cache, { queryKey: keys.tasksOfAgents(id) });
  }, FLEET_INTERVAL_MS);
}
