import { expect, it } from "vitest";
import type { Connection } from "@/api/types";
import { connectionState, connectionTrouble, isAway } from "./describe";

function connection(state: string | null, more: Partial<Connection> = {}): Connection {
  return { state, error: null, error_code: null, pairing: null, ...more } as Connection;
}

it("says what to do about every state that is none to work in", () => {
  for (const state of ["pairing_required", "refused", "protocol_mismatch", "unreachable"]) {
    const trouble = connectionTrouble(connection(state));
    expect(trouble?.title, state).toBeTruthy();
    expect(trouble?.advice, state).toBeTruthy();
    expect(isAway(connection(state)), state).toBe(true);
    expect(["warn", "danger"], state).toContain(connectionState(connection(state)).tone);
  }
});

it("leaves alone what works, what has not begun, and a first attempt", () => {
  for (const state of ["online", "connecting", "closed", null]) {
    expect(connectionTrouble(connection(state)), String(state)).toBeNull();
    expect(isAway(connection(state)), String(state)).toBe(false);
  }
});

it("tells a connection that ended from one that was never made", () => {
  const ended = connection("connecting", { error: "the gateway closed the connection (code 1012): service restart" });
  expect(connectionTrouble(ended)?.title).toBe("The connection is being made again");
});

it("names why a gateway refuses, and where that is put right", () => {
  const refused = (error_code: string | null) => connectionTrouble(connection("refused", { error_code }));
  expect(refused("gateway_auth")).toMatchObject({ title: "The gateway refuses the token", inSettings: true });
  expect(refused("gateway_tls")?.inSettings).toBe(true);
  expect(refused("gateway_scope_missing")?.inSettings).toBeUndefined();
  expect(refused(null)?.title).toBe("The gateway refuses this server");
});
