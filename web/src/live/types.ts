import type { GroupMemory, Memory, Task, TaskComment } from "@/api/types";

/** One entry of the server's event log, as the event stream carries it. */
export interface Change {
  position: number;
  id: string;
  /** `task.created`, `webhook.received`, …; types that this console does not know are ignored. */
  type: string;
  organization_id: string | null;
  board_id: string | null;
  board_group_id?: string | null;
  task_id: string | null;
  agent_id: string | null;
  user_id: string | null;
  message: string | null;
  created_at: string;
  data?: {
    task?: Task | null;
    comment?: TaskComment | null;
    /** Of a board, or of a group when the event has a group. */
    memory?: Memory | GroupMemory | null;
    webhook_id?: string | null;
    payload_id?: string | null;
  } | null;
}

/** What the stream tells its readers. */
export type Frame =
  | { kind: "ready"; position: number }
  | { kind: "change"; change: Change }
  | { kind: "resync"; position: number };

/** How fresh the page is. */
export type LiveStatus =
  | { phase: "connecting" }
  | { phase: "live" }
  /** Connected again; what was missed is on its way. */
  | { phase: "catching-up" }
  /** No connection since the given moment (milliseconds of the epoch). */
  | { phase: "offline"; since: number };
