import { render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { SignInElsewhere, signInPlace } from "./SignInElsewhere";

const place = { path: "/api/v1/auth/oidc/start", label: "Example" };

afterEach(() => history.replaceState(null, "", "/"));

describe("signing in at a provider", () => {
  it("leads there and back to where one was", () => {
    history.replaceState(null, "", "/sign-in?redirect=/boards?x=1");
    render(<SignInElsewhere place={place} />);
    const link = screen.getByRole<HTMLAnchorElement>("link", { name: "Sign in with Example" });
    expect(link.getAttribute("href")).toBe("/api/v1/auth/oidc/start?return_to=%2Fboards%3Fx%3D1");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it.each([
    ["/sign-in?error=not_allowed", /ask its administrator/i],
    ["/sign-in?error=anything", /could not be asked/i],
  ])("says why at %s", (path, reason) => {
    history.replaceState(null, "", path);
    render(<SignInElsewhere place={place} />);
    expect(screen.getByRole("alert").textContent).toMatch(reason);
  });

  it("is shown only when the server names a place", () => {
    expect(signInPlace(undefined)).toBeNull();
    expect(signInPlace({ auth_mode: "local", sign_in: null })).toBeNull();
    expect(signInPlace({ auth_mode: "oidc", sign_in: place })).toEqual(place);
  });
});
