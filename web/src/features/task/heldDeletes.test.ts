import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { holdDelete, UNDO_MS, useHeldDeletes } from "./heldDeletes";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const shown = () => renderHook(() => useHeldDeletes("b1")).result;

it("hides at once and sends when the time is over", async () => {
  const send = vi.fn(() => Promise.resolve());
  const hidden = shown();
  act(() => void holdDelete("b1", ["t1", "t2"], send));
  expect([...hidden.current]).toEqual(["t1", "t2"]);
  expect(send).not.toHaveBeenCalled();
  await act(() => vi.advanceTimersByTimeAsync(UNDO_MS));
  expect(send).toHaveBeenCalledExactlyOnceWith(false);
  expect(hidden.current.size).toBe(0);
});

it("shows again and sends nothing when it is taken back", async () => {
  const send = vi.fn(() => Promise.resolve());
  const hidden = shown();
  let undo = () => {};
  act(() => {
    undo = holdDelete("b1", ["t1"], send);
  });
  act(() => undo());
  expect(hidden.current.size).toBe(0);
  await act(() => vi.advanceTimersByTimeAsync(UNDO_MS * 2));
  expect(send).not.toHaveBeenCalled();
});

it("sends at once when the page is left, and once only", async () => {
  const send = vi.fn(() => Promise.resolve());
  act(() => void holdDelete("b1", ["t1"], send));
  await act(async () => void dispatchEvent(new Event("pagehide")));
  expect(send).toHaveBeenCalledExactlyOnceWith(true);
  await act(() => vi.advanceTimersByTimeAsync(UNDO_MS * 2));
  expect(send).toHaveBeenCalledTimes(1);
});
