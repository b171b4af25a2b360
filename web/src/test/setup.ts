import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(() => {
  // Tests that need no page run without one.
  if (typeof document === "undefined") return;
  cleanup();
  localStorage.clear();
});
