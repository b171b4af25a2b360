/** The names of everything in the query cache. A shorter key is the prefix of all that belongs to it. */
export const keys = {
  config: ["config"],
  session: ["session"],
  sessions: ["sessions"],
  organizations: ["organizations"],
  membership: ["membership"],
  organization: ["organization"],
  members: ["members"],
  member: (member: string) => ["members", member],
  invites: ["invites"],
  audit: ["audit"],
  auditOf: (filter: object) => ["audit", filter],
  tags: ["tags"],
  customFields: ["custom-fields"],
  activity: ["activity"],
  agents: ["agents"],
  gateways: ["gateways"],
  approvals: ["approvals"],
  approvalsIn: (view: string) => ["approvals", view],
  boards: ["boards"],
  board: (board: string) => ["board", board],
  boardDetail: (board: string) => ["board", board, "detail"],
  snapshot: (board: string) => ["board", board, "snapshot"],
  comments: (board: string, task: string) => ["board", board, "comments", task],
  memory: (board: string, kind: MemoryKind) => ["board", board, "memory", kind],
  webhooks: (board: string) => ["board", board, "webhooks"],
  payloads: (board: string, webhook: string) => ["board", board, "payloads", webhook],
  payload: (board: string, webhook: string, payload: string) => ["board", board, "payload", webhook, payload],
} as const;

/** Chat is the conversation with the agents; notes are what the board remembers besides. */
export type MemoryKind = "chat" | "notes";
