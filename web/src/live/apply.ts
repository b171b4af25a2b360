import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Page } from "@/api/client";
import { keys } from "@/api/keys";
import type { BoardSnapshot, Memory, TaskComment } from "@/api/types";
import { removeTask, upsertTask } from "@/features/task/graph";
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
    case "session":
      void cache.invalidateQueries({ queryKey: keys.sessions });
      if (change.type === "session.revoked") void cache.invalidateQueries({ queryKey: keys.session });
      break;
    default:
      // A newer server may speak of things that this console does not show.
      break;
  }
  if (subject !== "task" && AUDITED.test(change.type)) void cache.invalidateQueries({ queryKey: keys.audit });
  refreshActivity(cache);
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

function applyMemory(cache: QueryClient, board: string, change: Change): void {
  const memory = change.data?.memory;
  if (!memory) {
    void cache.invalidateQueries({ queryKey: [...keys.board(board), "memory"] });
    return;
  }
  upsertMemory(cache, board, memory);
}

function applyBoard(cache: QueryClient, board: string | null, change: Change): void {
  void cache.invalidateQueries({ queryKey: keys.boards });
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
  const key = keys.memory(board, memory.is_chat ? "chat" : "notes");
  patchList<Memory>(cache, key, (page) =>
    page.items.some((item) => item.id === memory.id)
      ? page
      : { ...page, items: [memory, ...page.items], total: page.total + 1 },
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

// Busy boards write many events a second; the feed is read at most this often.
const ACTIVITY_INTERVAL_MS = 1_000;
const pendingRefresh = new WeakMap<QueryClient, ReturnType<typeof setTimeout>>();

function refreshActivity(cache: QueryClient): void {
  if (pendingRefresh.has(cache) || !cache.getQueryState(keys.activity)) return;
  const timer = setTimeout(() => {
    pendingRefresh.delete(cache);
    // Later pages only shift by the new events; the first page is what a reader looks at.
    cache.setQueryData<InfiniteData<unknown>>(keys.activity, (data) =>
      data && data.pages.length > 1 ? { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) } : data,
    );
    void cache.invalidateQueries({ queryKey: keys.activity });
  }, ACTIVITY_INTERVAL_MS);
  pendingRefresh.set(cache, timer);
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
