import { act, renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import { changed, rebased, useRowForm } from "./rebase";

it("keeps what was typed and takes over the rest", () => {
  const before = { name: "a", color: "red", boards: ["1"] };
  const now = { name: "b", color: "blue", boards: ["1", "2"] };
  expect(rebased({ ...before, color: "green" }, before, now)).toEqual({
    name: "b",
    color: "green",
    boards: ["1", "2"],
  });
  expect(changed({ ...before, boards: ["1", "2"] }, before)).toEqual({ boards: ["1", "2"] });
  expect(changed({ ...before, boards: ["1"] }, before)).toEqual({});
});

it("says that the row has changed under the form, and goes on from there", () => {
  const toForm = ({ name, note }: { name: string; note: string; updated_at: string }) => ({ name, note });
  const { result, rerender } = renderHook(({ row }) => useRowForm(row, toForm), {
    initialProps: { row: { name: "a", note: "x", updated_at: "1" } },
  });
  act(() => result.current.setForm({ name: "mine", note: "x" }));
  rerender({ row: { name: "theirs", note: "y", updated_at: "2" } });
  expect(result.current.isOutdated).toBe(true);
  expect(result.current.base.updated_at).toBe("1");
  act(() => result.current.rebase());
  expect(result.current).toMatchObject({
    isOutdated: false,
    form: { name: "mine", note: "y" },
    changes: { name: "mine" },
  });
});
