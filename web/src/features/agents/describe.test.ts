import { describe, expect, it } from "vitest";
import { agent } from "@/test/fixtures";
import { checkInCommand, kindOf, stateOf } from "./describe";

describe("the state of an agent", () => {
  const ada = agent("a", "Ada");

  it("is its trouble before its presence", () => {
    expect(stateOf({ ...ada, lifecycle_state: "failed", last_provision_error: "No." })).toMatchObject({
      tone: "danger",
      text: "No.",
    });
    expect(stateOf({ ...ada, lifecycle_state: "gave_up" }).label).toBe("Does not answer");
    expect(
      stateOf({ ...ada, lifecycle_state: "requested", waits_for_gateway_since: "2026-01-01T00:00:00" }).label,
    ).toBe("Gateway offline");
    expect(stateOf({ ...ada, lifecycle_state: "applying" }).label).toBe("Being set up");
    expect(stateOf({ ...ada, lifecycle_state: "awaiting_checkin" }).label).toBe("Woken");
    const elsewhere = { ...ada, gateway_id: null, presence: "never" };
    expect(stateOf({ ...elsewhere, lifecycle_state: "awaiting_checkin" }).label).toBe("Has not called yet");
  });

  it("is its presence when all is well", () => {
    expect(stateOf(ada)).toMatchObject({ label: "Online", tone: "ok" });
    expect(stateOf({ ...ada, status: "busy", status_note: "compiling" })).toMatchObject({
      label: "Busy",
      text: "compiling",
    });
    expect(stateOf({ ...ada, presence: "offline" }).tone).toBe("warn");
    expect(stateOf({ ...ada, presence: "never" }).label).toBe("Has not called yet");
  });

  it("is its pause, whether or not it calls", () => {
    for (const presence of ["online", "offline", "never"]) {
      expect(stateOf({ ...ada, status: "paused", presence }).label).toBe("Paused");
    }
  });

  it("goes with what it is there for, and with a command to try", () => {
    expect([ada, { ...ada, is_board_lead: true }, { ...ada, is_gateway_main: true }].map(kindOf)).toEqual([
      "Worker",
      "Lead",
      "Main agent",
    ]);
    expect(checkInCommand("https://mc.example", "mca_x")).toContain("X-Agent-Token: mca_x");
  });
});
