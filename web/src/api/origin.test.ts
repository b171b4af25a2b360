import { describe, expect, it } from "vitest";
import { apiOrigin, mismatch } from "./origin";

const page = (address: string) => new URL(address);

describe("where the server is", () => {
  it.each([
    [undefined, "https://console.example/boards", "https://console.example"],
    ["  ", "http://localhost:8000/", "http://localhost:8000"],
    ["auto", "https://mc.example/", "https://mc.example"],
    ["AUTO", "http://box:3000/", "http://box:8000"],
    ["auto", "http://box:8000/", "http://box:8000"],
    ["https://api.example//", "https://console.example/", "https://api.example"],
    ["https://example.org/mc/", "https://console.example/", "https://example.org/mc"],
    ["///", "https://console.example/", null],
    ["ftp://api.example", "https://console.example/", null],
    ["api.example", "https://console.example/", null],
  ])("%s on %s is %s", (setting, address, expected) => {
    expect(apiOrigin(setting, page(address))).toBe(expected);
  });
});

describe("what does not fit", () => {
  it("is named with a remedy", () => {
    expect(mismatch({}, { auth_mode: "local" }, true)).toBeNull();
    expect(mismatch({ NEXT_PUBLIC_AUTH_MODE: "local" }, { auth_mode: "local" }, true)).toBeNull();
    expect(mismatch({ NEXT_PUBLIC_AUTH_MODE: "clerk" }, { auth_mode: "local" }, true)).toContain("AUTH_MODE");
    expect(mismatch({}, { auth_mode: "oidc" }, true)).toContain("server's own address");
    expect(mismatch({}, { auth_mode: "oidc" }, false)).toBeNull();
    expect(mismatch({ NEXT_PUBLIC_AUTH_MODE: "local" }, undefined, true)).toBeNull();
  });
});
