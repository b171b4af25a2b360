import type { Connection, DoctorRung } from "@/api/types";
import type { Tone } from "@/components/Badge";

/** What is known of a connection, in a word and a colour. */
export interface ConnectionState {
  label: string;
  tone: Tone;
}

/** The state of a connection for people. */
export function connectionState(connection: Pick<Connection, "state">): ConnectionState {
  switch (connection.state) {
    case "online":
      return { label: "Online", tone: "ok" };
    case "connecting":
      return { label: "Connecting", tone: "accent" };
    case "pairing_required":
      return { label: "Waits for approval", tone: "warn" };
    case "refused":
      return { label: "Refused", tone: "danger" };
    case "protocol_mismatch":
      return { label: "Other protocol", tone: "danger" };
    case "unreachable":
      return { label: "Not reachable", tone: "danger" };
    default:
      return { label: "Not connected", tone: "neutral" };
  }
}

/** Whether the last attempt failed, so that asking the gateway would fail as well. */
export function isAway(connection: Connection): boolean {
  return ["unreachable", "refused", "pairing_required", "protocol_mismatch"].includes(connection.state ?? "");
}

/** Why a gateway cannot be spoken to, and what is to be done about it. */
export interface ConnectionTrouble {
  title: string;
  advice: string;
  /** Whether it is put right in the gateway's settings. */
  inSettings?: boolean;
}

const REFUSED: Record<string, ConnectionTrouble> = {
  gateway_tls: {
    title: "The gateway's certificate is not trusted",
    advice: "Give the gateway a certificate that this server trusts, or accept the one it has.",
    inSettings: true,
  },
  gateway_scope_missing: {
    title: "The gateway grants too few rights",
    advice: "Approve this server there with operator.read, operator.write and operator.admin.",
  },
  gateway_auth: {
    title: "The gateway refuses the token",
    advice: "Set the token to gateway.auth.token of the gateway's configuration.",
    inSettings: true,
  },
};

/** What is wrong with a connection; null while it is online, or before the first attempt. */
export function connectionTrouble(connection: Connection): ConnectionTrouble | null {
  switch (connection.state) {
    case "connecting":
      if (!connection.error) return null;
      return { title: "The connection is being made again", advice: "Calls and messages wait; nothing is to be done." };
    case "pairing_required":
      return {
        title: "The gateway does not know this server yet",
        advice: "Run this on its machine. The server gets in by itself within half a minute, or at once when you ask.",
      };
    case "refused":
      return (
        REFUSED[connection.error_code ?? ""] ?? {
          title: "The gateway refuses this server",
          advice: "Check address and token; the doctor names the step that breaks.",
          inSettings: true,
        }
      );
    case "protocol_mismatch":
      return {
        title: "The gateway speaks another protocol",
        advice: "This server speaks the protocols 3 and 4: change the version of OpenClaw, or update Mission Control.",
      };
    case "unreachable":
      return {
        title: "Nothing answers at the gateway's address",
        advice:
          "Start the gateway, or check its port, bind address and firewall. The server tries again by itself, at least twice a minute; messages to its agents wait for it.",
      };
    default:
      return null;
  }
}

const RUNGS: Record<string, string> = {
  dns: "The name has an address",
  tcp: "The port answers",
  tls: "The certificate is accepted",
  upgrade: "It is a WebSocket",
  protocol: "It speaks OpenClaw's protocol",
  auth: "The token is accepted",
  pairing: "This server is approved",
  scopes: "The rights suffice",
  version: "The version can be worked with",
  first_call: "A call is answered",
};

/** What a rung of the doctor's ladder stands for. */
export function rungLabel(rung: DoctorRung): string {
  return RUNGS[rung.name] ?? rung.name;
}
