import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readCode } from "./late";

const served = vi.fn<typeof fetch>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", served);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  served.mockReset();
});

it("waits for the server and reads again", async () => {
  served.mockRejectedValue(new TypeError("Failed to fetch"));
  const read = vi.fn().mockRejectedValueOnce(new Error("away")).mockRejectedValueOnce(new Error("away"));
  read.mockResolvedValue("code");
  const code = readCode(read);
  await vi.advanceTimersByTimeAsync(2_999);
  expect(read).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(3_001);
  await expect(code).resolves.toBe("code");
  expect(read).toHaveBeenCalledTimes(3);
});

it("fails when the server is there and has no such code", async () => {
  served.mockResolvedValue(new Response("<!doctype html>"));
  const read = vi.fn().mockRejectedValue(new Error("gone"));
  await expect(readCode(read)).rejects.toThrow("gone");
  expect(read).toHaveBeenCalledTimes(2);
});
