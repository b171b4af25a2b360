import { describe, expect, it } from "vitest";
import type { Webhook } from "@/api/types";
import { formOf, problemsOf, webhookChanges } from "./form";

const webhook = {
  id: "w1",
  board_id: "b1",
  agent_id: "a1",
  description: "Do it.",
  enabled: true,
  has_secret: true,
  signature_header: "X-Sign",
  endpoint_path: "/x",
  created_at: "2026-01-01T00:00:00",
  updated_at: "2026-01-01T00:00:00",
} as Webhook;

describe("webhookChanges", () => {
  it("sends nothing when nothing was changed, least of all the secret", () => {
    expect(webhookChanges(formOf(webhook), webhook)).toEqual({});
  });

  it("removes the secret only when that was chosen", () => {
    expect(webhookChanges({ ...formOf(webhook), secretChoice: "none" }, webhook)).toEqual({ secret: null });
  });

  it("sends a new secret, the lead as recipient and the default header", () => {
    const form = {
      ...formOf(webhook),
      secretChoice: "own" as const,
      secret: " s3cret ",
      recipient: "lead",
      signatureHeader: " ",
    };
    expect(webhookChanges(form, webhook)).toEqual({ secret: "s3cret", agent_id: null, signature_header: null });
  });
});

describe("problemsOf", () => {
  it("names what is missing or malformed", () => {
    const problems = problemsOf({
      description: " ",
      recipient: "lead",
      secretChoice: "own",
      secret: " ",
      signatureHeader: "not a header",
    });
    expect(Object.values(problems).every(Boolean)).toBe(true);
  });
});
