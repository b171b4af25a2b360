import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { approval } from "@/test/fixtures";
import { type Decision, Decisions, UNDO_MS } from "./decisions";

let send: ReturnType<typeof vi.fn<(decision: Decision) => Promise<unknown>>>;
let decisions: Decisions;
const [one, two] = [approval("a"), approval("b")];
const phase = (id: string) => decisions.all().get(id)?.phase;

beforeEach(() => {
  vi.useFakeTimers();
  send = vi.fn(() => Promise.resolve());
  decisions = new Decisions(send, () => Promise.resolve());
});
afterEach(() => void vi.useRealTimers());

it("sends a decision once, and only when it can no longer be taken back", async () => {
  decisions.hold([{ approval: one, status: "approved" }]);
  await vi.advanceTimersByTimeAsync(UNDO_MS - 1);
  expect(send).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(send).toHaveBeenCalledTimes(1);
  expect(phase("a")).toBeUndefined();
});

it("sends nothing that was taken back", async () => {
  decisions.hold([{ approval: one, status: "rejected", note: "no" }]);
  await vi.advanceTimersByTimeAsync(600);
  decisions.undo("a");
  await vi.advanceTimersByTimeAsync(UNDO_MS * 2);
  expect(send).not.toHaveBeenCalled();
});

it("is not taken back by the second click of a double click, but decided anew at once after an undo", async () => {
  decisions.hold([{ approval: one, status: "approved" }]);
  decisions.undo("a");
  expect(phase("a")).toBe("held");
  await vi.advanceTimersByTimeAsync(600);
  decisions.undo("a");
  decisions.hold([{ approval: one, status: "rejected", note: "no" }]);
  expect(decisions.all().get("a")).toMatchObject({ phase: "held", status: "rejected" });
});

it("takes a second click neither for the same request nor, so soon, for the next one", async () => {
  decisions.hold([{ approval: one, status: "approved" }]);
  decisions.hold([{ approval: two, status: "approved" }]);
  expect([phase("a"), phase("b")]).toEqual(["held", undefined]);
  await vi.advanceTimersByTimeAsync(600);
  decisions.hold([{ approval: one, status: "rejected", note: "x" }]);
  decisions.hold([{ approval: two, status: "approved" }]);
  expect(phase("b")).toBe("held");
  await vi.advanceTimersByTimeAsync(UNDO_MS);
  expect(send.mock.calls.map(([decision]) => [decision.approval.id, decision.status])).toEqual([
    ["a", "approved"],
    ["b", "approved"],
  ]);
});

it("keeps what was refused with the reason, and sends it again when told to", async () => {
  send.mockRejectedValueOnce(new Error("somebody was faster"));
  decisions.hold([{ approval: one, status: "approved", note: "go" }]);
  await decisions.sendNow("a");
  expect(decisions.all().get("a")).toMatchObject({ phase: "failed", error: "somebody was faster", note: "go" });
  await decisions.sendNow("a");
  expect(send).toHaveBeenCalledTimes(2);
  expect(phase("a")).toBeUndefined();
});

it("sends everything that is held when the page goes away", () => {
  decisions.hold([
    { approval: one, status: "approved" },
    { approval: two, status: "approved" },
  ]);
  decisions.sendAll();
  expect(send).toHaveBeenCalledTimes(2);
});
