import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { SignInForm } from "./SignInForm";
import { safeRedirect } from "./signIn";

const onSignedIn = vi.fn();
let status: number;
let headers: Record<string, string>;
let sent: { url: string; body: unknown }[];

beforeEach(() => {
  onSignedIn.mockClear();
  status = 200;
  headers = {};
  sent = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.url.endsWith("/config")) return Response.json({ version: "1", auth_mode: "local" });
    sent.push({ url: request.url, body: await request.json() });
    if (status === 0) throw new TypeError("Failed to fetch");
    return Response.json(status === 200 ? { user: {}, session: {} } : { detail: "Unauthorized" }, { status, headers });
  });
});

async function signInWith(token: string): Promise<void> {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <SignInForm onSignedIn={onSignedIn} />
    </QueryClientProvider>,
  );
  const user = userEvent.setup();
  if (token) await user.type(screen.getByLabelText(/access token/i), token);
  await user.click(screen.getByRole("button", { name: /sign in/i }));
}

describe("signing in", () => {
  it("sends the token once, without blanks around it, and stores it nowhere", async () => {
    await signInWith("  secret-token  ");
    await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalled());
    expect(sent).toEqual([{ url: expect.stringContaining("/api/v1/auth/session"), body: { token: "secret-token" } }]);
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("secret-token");
    expect(screen.getByLabelText<HTMLInputElement>(/access token/i).value).toBe("");
  });

  it.each([
    ["an empty field", 200, "", {}, /enter the access token/i],
    ["a wrong token", 401, "x", {}, /does not accept this token/i],
    ["too many attempts", 429, "x", { "Retry-After": "30" }, /in 30 seconds/i],
    ["a server that is not there", 0, "x", {}, /cannot be reached/i],
  ])("says what to do about %s", async (_name, code, token, extra, message) => {
    status = code;
    headers = extra;
    await signInWith(token);
    expect((await screen.findByRole("alert")).textContent).toMatch(message);
    expect(onSignedIn).not.toHaveBeenCalled();
  });
});

describe("safeRedirect", () => {
  const origin = "https://mc.example";
  it.each([
    [undefined, "/"],
    ["/boards/1?taskId=2#x", "/boards/1?taskId=2#x"],
    ["https://mc.example/activity", "/activity"],
    ["//evil.example/x", "/"],
    ["/\\evil.example", "/"],
    ["https://evil.example", "/"],
    ["javascript:alert(1)", "/"],
    ["http://[", "/"],
  ])("takes %s to %s", (target, expected) => {
    expect(safeRedirect(target, origin)).toBe(expected);
  });
});
