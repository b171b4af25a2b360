import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { clearDrafts, useFormDraft } from "./drafts";

beforeEach(() => localStorage.clear());

const initial = { name: "", boards: [] as string[] };

it("brings a form back until it is forgotten", () => {
  const first = renderHook(() => useFormDraft("tag", initial));
  act(() => first.result.current[1]({ name: "Urgent", boards: ["b1"] }));
  first.unmount();
  const second = renderHook(() => useFormDraft("tag", initial));
  expect(second.result.current[0]).toEqual({ name: "Urgent", boards: ["b1"] });
  second.result.current[2]();
  expect(renderHook(() => useFormDraft("tag", initial)).result.current[0]).toEqual(initial);
});

it.each([["not JSON"], ["null"], ['{"name":"only"}'], ['{"name":1,"boards":[]}']])("begins anew after %s", (stored) => {
  localStorage.setItem("mc.draft.tag", stored);
  expect(renderHook(() => useFormDraft("tag", initial)).result.current[0]).toEqual(initial);
  clearDrafts();
  expect(localStorage.length).toBe(0);
});
