import { afterEach, expect, it, vi } from "vitest";
import { tabValue } from "./tabValue";

afterEach(() => {
  vi.restoreAllMocks();
  sessionStorage.clear();
});

it("a value of a tab survives a reload until it is forgotten", () => {
  const value = tabValue("mc.test");
  expect(value.get()).toBeNull();
  value.set("a");
  expect(tabValue("mc.test").get()).toBe("a");
  value.set(null);
  expect(value.get()).toBeNull();
  expect(tabValue("mc.test").get()).toBeNull();
});

it("a value of a tab is held in memory where nothing may be stored", () => {
  for (const method of ["getItem", "setItem", "removeItem"] as const) {
    vi.spyOn(Storage.prototype, method).mockImplementation(() => {
      throw new DOMException("denied", "SecurityError");
    });
  }
  const value = tabValue("mc.test");
  expect(value.get()).toBeNull();
  value.set("a");
  expect(value.get()).toBe("a");
  value.set(null);
  expect(value.get()).toBeNull();
});
