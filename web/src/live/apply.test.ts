import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Page } from "@/api/client";
import { keys } from "@/api/keys";
import type { BoardSnapshot, Memory, TaskComment } from "@/api/types";
import { BOARD, card, change, comment, memory, snapshot, task } from "@/test/fixtures";
import { applyFrame } from "./apply";
import type { Change } from "./types";

let cache: QueryClient;

beforeEach(() => {
  cache = new QueryClient();
});

const apply = (event: Change) => applyFrame(cache, { kind: "change", change: event });
const tasks = () => cache.getQueryData<BoardSnapshot>(keys.snapshot(BOARD))?.tasks ?? [];
const isStale = (key: readonly unknown[]) => cache.getQueryState(key)?.isInvalidated;

describe("task events", () => {
  it("put a new task on the board, once, however often they come", () => {
    cache.setQueryData(keys.snapshot(BOARD), snapshot([card("t1")]));
    const event = change("task.created", { task_id: "t2", data: { task: task("t2", { assigned_agent_id: "a1" }) } });
    apply(event);
    apply(event);
    expect(tasks().map((entry) => entry.id)).toEqual(["t2", "t1"]);
    expect(tasks()[0]?.assignee).toBe("Nova");
  });

  it("replace a task but keep what only the board knows about it", () => {
    cache.setQueryData(keys.snapshot(BOARD), snapshot([card("t1", { approvals_pending_count: 2 })]));
    apply(
      change("task.status_changed", {
        data: { task: task("t1", { status: "review", updated_at: "2026-01-02T00:00:00" }) },
      }),
    );
    expect(tasks()[0]).toMatchObject({ status: "review", approvals_pending_count: 2 });
  });

  it("do not undo a newer version", () => {
    cache.setQueryData(
      keys.snapshot(BOARD),
      snapshot([card("t1", { status: "done", updated_at: "2026-01-03T00:00:00.5" })]),
    );
    apply(
      change("task.status_changed", {
        data: { task: task("t1", { status: "inbox", updated_at: "2026-01-03T00:00:00" }) },
      }),
    );
    expect(tasks()[0]?.status).toBe("done");
  });

  it("unblock what waited for a task that is done now, and block it again when it is reopened", () => {
    cache.setQueryData(
      keys.snapshot(BOARD),
      snapshot([
        card("t1"),
        card("t2", { depends_on_task_ids: ["t1"], blocked_by_task_ids: ["t1"], is_blocked: true }),
      ]),
    );
    apply(change("task.status_changed", { data: { task: task("t1", { status: "done", updated_at: "2026-01-02" }) } }));
    expect(tasks()[1]).toMatchObject({ is_blocked: false, blocked_by_task_ids: [] });
    apply(change("task.status_changed", { data: { task: task("t1", { status: "inbox", updated_at: "2026-01-03" }) } }));
    expect(tasks()[1]).toMatchObject({ is_blocked: true, blocked_by_task_ids: ["t1"] });
  });

  it("take a deleted task away, with the edges to it", () => {
    cache.setQueryData(
      keys.snapshot(BOARD),
      snapshot([
        card("t1"),
        card("t2", { depends_on_task_ids: ["t1"], blocked_by_task_ids: ["t1"], is_blocked: true }),
      ]),
    );
    apply(change("task.deleted", { task_id: "t1" }));
    expect(tasks()).toMatchObject([{ id: "t2", is_blocked: false, depends_on_task_ids: [] }]);
  });

  it("ask again for a board whose answer was on its way already", async () => {
    const { query, answers } = slowBoard();
    cache.setQueryData(keys.snapshot(BOARD), snapshot([card("t1")]));
    query.fetch().catch(() => undefined);
    apply(change("task.created", { data: { task: task("t2") } }));
    expect(answers).toHaveLength(2);
    answers[1]?.(snapshot([card("t1"), card("t2")]));
    answers[0]?.(snapshot([card("t1")]));
    await vi.waitFor(() => expect(query.state.fetchStatus).toBe("idle"));
    expect(tasks().map((entry) => entry.id)).toEqual(["t1", "t2"]);
  });

  it("do not trust the first answer for a board that changed while it was read", async () => {
    const { query, answers } = slowBoard();
    query.fetch().catch(() => undefined);
    apply(change("task.created", { data: { task: task("t2") } }));
    answers[0]?.(snapshot([card("t1")]));
    await vi.waitFor(() => expect(isStale(keys.snapshot(BOARD))).toBe(true));
  });

  it("do not trust the first answer for a list that they only touch, either", async () => {
    let answer: (questions: string[]) => void = () => undefined;
    const query = cache.getQueryCache().build<string[]>(cache, {
      queryKey: keys.questions,
      queryFn: () =>
        new Promise<string[]>((resolve) => {
          answer = resolve;
        }),
    });
    query.fetch().catch(() => undefined);
    apply(change("question.asked"));
    answer([]);
    await vi.waitFor(() => expect(isStale(keys.questions)).toBe(true));
  });
});

/** A board whose answers come when the test says so. */
function slowBoard() {
  const answers: ((value: BoardSnapshot) => void)[] = [];
  const query = cache.getQueryCache().build<BoardSnapshot>(cache, {
    queryKey: keys.snapshot(BOARD),
    queryFn: () => new Promise<BoardSnapshot>((resolve) => answers.push(resolve)),
  });
  return { query, answers };
}

describe("other events", () => {
  it("put a comment at its place in time, once", () => {
    const key = keys.comments(BOARD, "t1");
    cache.setQueryData<Page<TaskComment>>(key, {
      items: [comment("c1", "2026-01-01T00:00:01"), comment("c3", "2026-01-01T00:00:03")],
      total: 2,
    });
    const event = change("task.comment", { task_id: "t1", data: { comment: comment("c2", "2026-01-01T00:00:02") } });
    apply(event);
    apply(event);
    const page = cache.getQueryData<Page<TaskComment>>(key);
    expect(page?.items.map((item) => item.id)).toEqual(["c1", "c2", "c3"]);
    expect(page?.total).toBe(3);
  });

  it("put a chat message into the chat and not into the notes", () => {
    cache.setQueryData<Page<Memory>>(keys.memory(BOARD, "chat"), { items: [], total: 0 });
    cache.setQueryData<Page<Memory>>(keys.memory(BOARD, "notes"), { items: [], total: 0 });
    apply(change("memory.created", { data: { memory: memory("m1") } }));
    expect(cache.getQueryData<Page<Memory>>(keys.memory(BOARD, "chat"))?.items).toHaveLength(1);
    expect(cache.getQueryData<Page<Memory>>(keys.memory(BOARD, "notes"))?.items).toHaveLength(0);
  });

  it("read again what they touch and do not carry", () => {
    const touched = keys.payloads(BOARD, "w1");
    const untouched = keys.payloads(BOARD, "w2");
    cache.setQueryData(touched, { pages: [], pageParams: [] });
    cache.setQueryData(untouched, { pages: [], pageParams: [] });
    apply(change("webhook.received", { data: { webhook_id: "w1", payload_id: "p1" } }));
    expect(isStale(touched)).toBe(true);
    expect(isStale(untouched)).toBe(false);
  });

  it("forget a board that was deleted", () => {
    cache.setQueryData(keys.snapshot(BOARD), snapshot([card("t1")]));
    apply(change("board.deleted"));
    expect(cache.getQueryData(keys.snapshot(BOARD))).toBeUndefined();
  });

  it("are ignored when this console does not know them", () => {
    cache.setQueryData(keys.snapshot(BOARD), snapshot([card("t1")]));
    apply(change("budget.exceeded"));
    expect(isStale(keys.snapshot(BOARD))).toBe(false);
  });

  it("make everything be read again when the log does not reach back far enough", () => {
    cache.setQueryData(keys.boards, { items: [], total: 0 });
    cache.setQueryData(keys.snapshot(BOARD), snapshot([]));
    applyFrame(cache, { kind: "resync", position: 9 });
    expect(isStale(keys.boards)).toBe(true);
    expect(isStale(keys.snapshot(BOARD))).toBe(true);
  });
});
