import type { QueryClient } from "@tanstack/react-query";
import type { Page } from "@/api/client";
import { keys } from "@/api/keys";
import type { BoardSnapshot, GroupMemory, Memory, TaskComment } from "@/api/types";
import { removeTask, upsertTask } from "@/features/task/graph";
import { refreshActivitySoon } from "./activity";
import type { Change, Frame } from "./types";

/**
 * Brings the query cache up to date with one frame of the event stream. Rows that the event carries are written into
 * the cache; everything else that the event touches is read again, but only where it is on screen.
 */
export function applyFrame(cache: QueryClient, frame: Frame): void {
  if (frame.kind === "resync") {
    // The log no longer reaches back to where this page stood.
    void cache.invalidateQueries();
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
      void cache.invalidateQueries({ queryKey: keys.approvals });
      if (board) void cache.invalidateQueries({ queryKey: keys.snapshot(board) });
      break;
    case "gateway":
      void cache.invalidateQueries({ queryKey: keys.gateways });
      // On boards with a gateway a question is asked through it.
      if (change.type.startsWith("gateway.lead.ask_user")) void cache.invalidateQueries({ queryKey: keys.questions });
      break;
    case "agent":
      void cache.invalidateQueries({ queryKey: keys.agents });
      if (board) void cache.invalidateQueries({ queryKey: keys.snapshot(board) });
      break;
    case "organization":
      void cache.invalidateQueries({ queryKey: keys.organizations });
      void cache.invalidateQueries({ queryKey: keys.organization });
      void cache.invalidateQueries({ queryKey: keys.membership });
      void cache.invalidateQueries({ queryKey: keys.members });
      void cache.invalidateQueries({ queryKey: keys.invites });
      break;
    case "tag":
      void cache.invalidateQueries({ queryKey: keys.tags });
      break;
    case "custom_field":
      void cache.invalidateQueries({ queryKey: keys.customFields });
      break;
    case "board_group":
      void cache.invalidateQueries({ queryKey: keys.groups });
      if (change.board_group_id) void cache.invalidateQueries({ queryKey: keys.group(change.board_group_id) });
      break;
    case "group_memory":
      applyGroupMemory(cache, change);
      break;
    case "question":
      void cache.invalidateQueries({ queryKey: keys.questions });
      break;
    case "onboarding":
      if (board) void cache.invalidateQueries({ queryKey: keys.interview(board) });
      break;
    case "skill":
      void cache.invalidateQueries({ queryKey: keys.skills });
      break;
    case "skill_pack":
      void cache.invalidateQueries({ queryKey: keys.skills });
      void cache.invalidateQueries({ queryKey: keys.packs });
      break;
    case "session":
      void cache.invalidateQueries({ queryKey: keys.sessions });
      if (change.type === "session.revoked") void cache.invalidateQueries({ queryKey: keys.session });
      break;
    default:
      // A newer server may speak of things that this console does not show.
      break;
  }
  if (subject !== "task" && AUDITED.test(change.type)) void cache.invalidateQueries({ queryKey: keys.audit });
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
    else if (task) void cache.invalidateQueries({ queryKey: keys.comments(board, task) });
    return;
  }
  if (change.type === "task.deleted") {
    const id = change.task_id;
    if (id) patchSnapshot(cache, board, (snapshot) => removeTask(snapshot, id));
    else void cache.invalidateQueries({ queryKey: snapshotKey });
    return;
  }
  const task = change.data?.task;
  if (change.type === "task.status_changed" && change.task_id) {
    void cache.invalidateQueries({ queryKey: keys.stays(board, change.task_id) });
  }
  if (task) patchSnapshot(cache, board, (snapshot) => upsertTask(snapshot, task));
}

function applyGroupMemory(cache: QueryClient, change: Change): void {
  const group = change.board_group_id;
  const memory = change.data?.memory as GroupMemory | null | undefined;
  if (group && memory) upsertGroupMemory(cache, group, memory);
  else if (group) void cache.invalidateQueries({ queryKey: [...keys.group(group), "memory"] });
}

// A group's page shows the tasks of many boards; they are read again at most this often.
const GROUPS_INTERVAL_MS = 1_000;
const groupsPending = new WeakSet<QueryClient>();

function refreshGroupsSoon(cache: QueryClient): void {
  if (groupsPending.has(cache) || cache.getQueryCache().findAll({ queryKey: ["group"] }).length === 0) return;
  groupsPending.add(cache);
  setTimeout(() => {
    groupsPending.delete(cache);
    void cache.invalidateQueries({
      predicate: ({ queryKey }) => queryKey[0] === "group" && queryKey[2] === "snapshot",
    });
  }, GROUPS_INTERVAL_MS);
}

function applyMemory(cache: QueryClient, board: string, change: Change): void {
  const memory = change.data?.memory as Memory | null | undefined;
  if (!memory) {
    void cache.invalidateQueries({ queryKey: [...keys.board(board), "memory"] });
    return;
  }
  upsertMemory(cache, board, memory);
}

function applyBoard(cache: QueryClient, board: string | null, change: Change): void {
  void cache.invalidateQueries({ queryKey: keys.boards });
  // Boards come into groups and leave them.
  void cache.invalidateQueries({ queryKey: keys.groups });
  refreshGroupsSoon(cache);
  if (!board) return;
  if (change.type === "board.deleted") {
    // Forgotten and asked for again where it is shown, so that its page says that it is gone.
    void cache.resetQueries({ queryKey: keys.board(board) });
    return;
  }
  if (change.type === "board.updated") {
    void cache.invalidateQueries({ queryKey: keys.boardDetail(board) });
    void cache.invalidateQueries({ queryKey: keys.snapshot(board) });
  }
}

function applyWebhook(cache: QueryClient, board: string, change: Change): void {
  const webhook = change.data?.webhook_id;
  const payload = change.data?.payload_id;
  if (["webhook.created", "webhook.updated", "webhook.deleted"].includes(change.type)) {
    void cache.invalidateQueries({ queryKey: keys.webhooks(board) });
    return;
  }
  if (!webhook) return;
  void cache.invalidateQueries({ queryKey: keys.payloads(board, webhook) });
  if (payload) void cache.invalidateQueries({ queryKey: keys.payload(board, webhook, payload) });
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

/** An answer that was on its way before the event would undo the patch, so it is asked for again. */
function rereadIfReading(cache: QueryClient, key: readonly string[]): void {
  const query = cache.getQueryCache().find({ queryKey: key, exact: true });
  if (query?.state.fetchStatus !== "fetching") return;
  const ignore = () => undefined;
  if (query.state.data !== undefined) {
    query.fetch(undefined, { cancelRefetch: true }).catch(ignore);
  } else {
    // A first read cannot be cut short without its page failing; it is joined, and repeated when it has ended.
    query
      .fetch()
      .catch(ignore)
      .then(() => cache.invalidateQueries({ queryKey: key, exact: true }))
      .catch(ignore);
  }
}

// Figures over days do not change in a second; reading them costs the server more than a list.
const OVERVIEW_INTERVAL_MS = 5_000;
const pendingOverviews = new WeakMap<QueryClient, ReturnType<typeof setTimeout>>();

function refreshOverview(cache: QueryClient): void {
  if (pendingOverviews.has(cache) || cache.getQueryCache().findAll({ queryKey: keys.overview }).length === 0) return;
  const timer = setTimeout(() => {
    pendingOverviews.delete(cache);
    void cache.invalidateQueries({ queryKey: keys.overview });
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
    void cache.invalidateQueries({ queryKey: keys.agents });
    for (const id of waiting) void cache.invalidateQueries({ queryKey: keys.tasksOfAgents(id) });
  }, FLEET_INTERVAL_MS);
}
