import { createHash } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** How a gateway meets those who connect. */
export type Manners = "open" | "pairing" | "refusing" | "other-protocol";

interface Request {
  id: string;
  method: string;
  params?: Record<string, unknown>;
}

const REFUSALS: Record<Exclude<Manners, "open">, object> = {
  pairing: {
    code: "NOT_PAIRED",
    message: "pairing required: device is not approved yet",
    details: { code: "PAIRING_REQUIRED", requestId: "request-1" },
  },
  refusing: {
    code: "INVALID_REQUEST",
    message: "unauthorized: gateway token mismatch",
    details: { code: "AUTH_TOKEN_MISMATCH" },
  },
  "other-protocol": {
    code: "INVALID_REQUEST",
    message: "protocol mismatch",
    details: { code: "PROTOCOL_MISMATCH", expectedProtocol: 9 },
  },
};

/** A gateway that forgets its agents, on this machine, that meets the server and has sessions as a test says. */
export class FakeGateway {
  manners: Manners = "open";
  /** What was said in each session, by its key. */
  readonly sessions = new Map<string, object[]>();
  private readonly open = new Set<Duplex>();
  private port = 0;
  private server: http.Server | null = null;

  static async start(): Promise<FakeGateway> {
    const gateway = new FakeGateway();
    await gateway.listen();
    return gateway;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Listens, after `stop` where it has listened before. */
  async listen(): Promise<void> {
    const server = http.createServer();
    server.on("upgrade", (request, socket) => this.serve(request, socket));
    await new Promise<void>((done) => server.listen(this.port, "127.0.0.1", done));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Goes away as a process does that is killed. */
  async stop(): Promise<void> {
    const server = this.server;
    this.server = null;
    this.drop();
    await new Promise<void>((done) => (server ? server.close(() => done()) : done()));
  }

  /** Ends all connections; who connects again is met with the present manners. */
  drop(): void {
    for (const socket of this.open) socket.destroy();
  }

  private serve(request: http.IncomingMessage, socket: Duplex): void {
    this.open.add(socket);
    socket.on("close", () => this.open.delete(socket));
    socket.on("error", () => socket.destroy());
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const send = (message: object) => socket.write(frame(1, Buffer.from(JSON.stringify(message))));
    send({ type: "event", event: "connect.challenge", payload: { nonce: "nonce-1", ts: 1_700_000_000_000 } });
    let received: Buffer = Buffer.alloc(0);
    socket.on("data", (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      for (let next = takeFrame(received); next; next = takeFrame(received)) {
        received = next.rest;
        if (next.opcode === 8) socket.end();
        else if (next.opcode === 9) socket.write(frame(10, next.payload));
        else if (next.opcode === 1) send(this.answer(JSON.parse(next.payload.toString()) as Request));
      }
    });
  }

  private answer({ id, method, params }: Request): object {
    if (method === "connect" && this.manners !== "open") {
      return { type: "res", id, ok: false, error: REFUSALS[this.manners] };
    }
    return {
      type: "res",
      id,
      ok: true,
      payload: this.inSession(method, params ?? {}) ?? payloadOf(method, params ?? {}),
    };
  }

  /** The answer to what concerns sessions; none for anything else. */
  private inSession(method: string, params: Record<string, unknown>): object | null {
    const said = this.sessions.get(String(params.sessionKey));
    switch (method) {
      case "sessions.list":
        return {
          sessions: [...this.sessions.keys()].map((key) => ({ key, totalTokens: 12_000, contextTokens: 200_000 })),
        };
      case "chat.history":
        return { messages: said ?? [] };
      case "chat.send":
        said?.push({ role: "user", content: params.message });
        return null;
      default:
        return null;
    }
  }
}

/** What a gateway with nothing on it answers; it takes every change, and forgets it. */
function payloadOf(method: string, params: Record<string, unknown>): object {
  switch (method) {
    case "connect":
      return {
        type: "hello-ok",
        protocol: 4,
        server: { version: "2026.9.6" },
        features: { methods: ["chat.history", "chat.send", "health", "sessions.list"], events: ["tick"] },
        auth: { scopes: params.scopes },
        policy: { maxPayload: 26_214_400, tickIntervalMs: 30_000 },
      };
    case "agents.create":
      return { agentId: params.name };
    case "agents.list":
      return { agents: [] };
    case "agents.files.get":
      return { file: { name: params.name, missing: true } };
    case "config.get":
      return { hash: "1", config: { agents: { entries: {} } } };
    case "chat.send":
      return { runId: params.idempotencyKey, status: "started" };
    default:
      return { ok: true };
  }
}

/** One frame of the WebSocket protocol, as a server sends it. */
function frame(opcode: number, payload: Buffer): Buffer {
  const long = payload.length > 125;
  const head = Buffer.alloc(long ? 10 : 2);
  head[0] = 0x80 | opcode;
  head[1] = long ? 127 : payload.length;
  if (long) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

/** The first frame of what a client has sent, unmasked; null while it is not whole. */
function takeFrame(bytes: Buffer): { opcode: number; payload: Buffer; rest: Buffer } | null {
  if (bytes.length < 2) return null;
  const short = bytes.readUInt8(1) & 0x7f;
  const mask = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  const start = mask + 4;
  if (bytes.length < start) return null;
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < start + length) return null;
  const payload = Buffer.from(bytes.subarray(start, start + length));
  for (let at = 0; at < length; at += 1) payload[at] = payload.readUInt8(at) ^ bytes.readUInt8(mask + (at % 4));
  return { opcode: bytes.readUInt8(0) & 0x0f, payload, rest: bytes.subarray(start + length) };
}
