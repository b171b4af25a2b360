import type { Connection, DoctorRung } from "@/api/types";
import type { Tone } from "@/components/Badge";

/** What is known of a connection, in a word and a colour. */
export interface ConnectionState {
  label: string;
  tone: Tone;
}

/** The state of a connection for people. */
export function connectionState(connection: Connection): ConnectionState {
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
