import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { keys } from "@/api/keys";
import { snapshotQuery } from "@/api/queries/boards";
import type { BoardSnapshot, Membership } from "@/api/types";
import { patchSnapshot } from "@/live/apply";
import { BOARD, card, snapshot, task } from "@/test/fixtures";
import { upsertTask } from "../task/graph";
import { BoardProvider, useBoard } from "./context";

const navigate = vi.hoisted(() => vi.fn());
const notifyError = vi.hoisted(() => vi.fn());
vi.mock("@tanstack/react-router", () => ({ useNavigate: () => navigate, useSearch: () => ({}) }));
vi.mock("@/lib/notify", () => ({ notifyError, notifyInfo: vi.fn(), notifySuccess: vi.fn() }));

const MEMBER = { role: "member", all_boards_write: true, all_boards_read: true, board_access: [] };

let cache: QueryClient;
let answer: (response: Response) => void;

beforeEach(() => {
  notifyError.mockClear();
  cache = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } } });
  cache.setQueryData(keys.membership, MEMBER as unknown as Membership);
  vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => (answer = resolve)));
});

function Probe() {
  const { tasks, move } = useBoard();
  const first = tasks.find((entry) => entry.id === "t1");
  return (
    <>
      {tasks.map((entry) => (
        <p key={entry.id}>
          {entry.id} {entry.title} {entry.status}
        </p>
      ))}
      <button type="button" onClick={() => first && move(first, "done")}>
        finish
      </button>
    </>
  );
}

function Board() {
  const query = useQuery(snapshotQuery(BOARD));
  return (
    query.data && (
      <BoardProvider snapshot={query.data}>
        <Probe />
      </BoardProvider>
    )
  );
}

function show(data: BoardSnapshot): void {
  cache.setQueryData(keys.snapshot(BOARD), data);
  render(
    <QueryClientProvider client={cache}>
      <Board />
    </QueryClientProvider>,
  );
}

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

describe("moving a task", () => {
  it("shows at once, and stays when the server agrees", async () => {
    show(snapshot([card("t1")]));
    act(() => screen.getByText("finish").click());
    await screen.findByText("t1 Task t1 done");
    await act(async () => answer(json(200, task("t1", { status: "done", updated_at: "2026-01-02T00:00:00" }))));
    await waitFor(() => expect(cache.isMutating()).toBe(0));
    expect(screen.getByText("t1 Task t1 done")).toBeTruthy();
  });

  it("is taken back when the server refuses, with its message and the titles of what is in the way", async () => {
    show(snapshot([card("t1"), card("t2", { title: "Deploy first" })]));
    act(() => screen.getByText("finish").click());
    await screen.findByText("t1 Task t1 done");
    await act(async () =>
      answer(json(409, { detail: { message: "Blocked.", blocked_by_task_ids: ["t2"] }, request_id: "r1" })),
    );
    await screen.findByText("t1 Task t1 inbox");
    expect(notifyError).toHaveBeenCalledWith(
      expect.stringContaining("Task t1"),
      expect.objectContaining({ description: "Blocked.\n• Deploy first" }),
    );
  });

  it("keeps what came in meanwhile when it is taken back", async () => {
    show(snapshot([card("t1"), card("t2")]));
    act(() => screen.getByText("finish").click());
    await screen.findByText("t1 Task t1 done");
    act(() =>
      patchSnapshot(cache, BOARD, (data) =>
        upsertTask(data, task("t2", { title: "Renamed", updated_at: "2026-01-05T00:00:00" })),
      ),
    );
    await act(async () => answer(json(409, { detail: "No." })));
    await screen.findByText("t1 Task t1 inbox");
    expect(screen.getByText("t2 Renamed inbox")).toBeTruthy();
  });

  it("asks for a comment when the server refuses the plain move as invalid", async () => {
    show(snapshot([card("t1")]));
    act(() => screen.getByText("finish").click());
    await screen.findByText("t1 Task t1 done");
    await act(async () => answer(json(422, { detail: "Say why." })));
    expect(await screen.findByText("Say why.")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Comment and move" })).toBeTruthy();
  });

  it("is not even tried when a rule certainly refuses it", () => {
    show(snapshot([card("t1", { is_blocked: true, blocked_by_task_ids: ["t2"] }), card("t2", { title: "First" })]));
    act(() => screen.getByText("finish").click());
    expect(cache.isMutating()).toBe(0);
    expect(notifyError).toHaveBeenCalledWith(
      expect.stringContaining("Task t1"),
      expect.objectContaining({ description: expect.stringContaining("First") }),
    );
  });
});
