import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clerkPlace } from "./clerk";
import { SignInWithClerk } from "./SignInWithClerk";

const place = { key: "pk_test_x", frontend: "clerk.example.com" };
const session = { getToken: async () => "a.session.token" };
const onSignedIn = vi.fn();
let sent: unknown[];

beforeEach(() => {
  onSignedIn.mockClear();
  sent = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push(await request.json());
    return Response.json({ user: {}, session: {} });
  });
});

afterEach(() => {
  window.Clerk = undefined;
  for (const element of document.querySelectorAll("script")) element.remove();
});

async function press(): Promise<void> {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <SignInWithClerk place={place} onSignedIn={onSignedIn} />
    </QueryClientProvider>,
  );
  await userEvent.setup().click(screen.getByRole("button", { name: "Sign in with Clerk" }));
}

describe("signing in with Clerk", () => {
  it("opens its dialog and exchanges the token that it gives", async () => {
    const closeSignIn = vi.fn();
    let told: (state: { session?: typeof session }) => void = () => undefined;
    window.Clerk = {
      load: async () => undefined,
      openSignIn: () => queueMicrotask(() => told({ session })),
      closeSignIn,
      addListener: (listener) => {
        told = listener;
        return () => undefined;
      },
      signOut: async () => undefined,
    };
    await press();
    await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalled());
    expect(sent).toEqual([{ token: "a.session.token" }]);
    expect(closeSignIn).toHaveBeenCalled();
  });

  it("loads the script of the application and says when it cannot", async () => {
    await press();
    const script = await vi.waitFor(() => {
      const found = document.querySelector<HTMLScriptElement>("script[data-clerk-publishable-key]");
      expect(found).not.toBeNull();
      return found as HTMLScriptElement;
    });
    expect(script.src).toMatch(/^https:\/\/clerk\.example\.com\/npm\/@clerk\/clerk-js@5\//);
    script.dispatchEvent(new Event("error"));
    expect((await screen.findByRole("alert")).textContent).toMatch(/cannot be reached/i);
    expect(sent).toEqual([]);
  });

  it("is offered only when the server names an application", () => {
    expect(clerkPlace({ auth_mode: "clerk", clerk_publishable_key: null })).toBeNull();
    expect(clerkPlace({ clerk_publishable_key: "pk_test_x", clerk_frontend: "clerk.example.com" })).toEqual(place);
  });
});
