/** The kinds of events that the activity page can be narrowed to. */
export type ActivityKind = "tasks" | "comments" | "webhooks" | "boards" | "agents" | "failures";

/** Everything on the activity page that a link can carry. */
export interface ActivitySearch {
  kind?: ActivityKind;
  /** A board's id. */
  board?: string;
  q?: string;
  /** An event to show and highlight. */
  eventId?: string;
}

/** The kinds with their names, in the order of the page. */
export const ACTIVITY_KINDS: { value: ActivityKind; label: string }[] = [
  { value: "tasks", label: "Tasks" },
  { value: "comments", label: "Comments" },
  { value: "webhooks", label: "Webhooks" },
  { value: "boards", label: "Boards" },
  { value: "agents", label: "Agents" },
  { value: "failures", label: "Failures" },
];

/** Reads the address of the activity page; what it does not know is dropped. */
export function parseActivitySearch(search: Record<string, unknown>): ActivitySearch {
  const result: ActivitySearch = {};
  const kind = ACTIVITY_KINDS.find((entry) => entry.value === search.kind);
  if (kind) result.kind = kind.value;
  for (const key of ["board", "q", "eventId"] as const) {
    const value = search[key];
    if (typeof value === "string" && value.trim()) result[key] = value;
  }
  return result;
}

/** Whether an event belongs to a kind. */
export function isOfKind(eventType: string, kind: ActivityKind | undefined): boolean {
  switch (kind) {
    case undefined:
      return true;
    case "comments":
      return eventType === "task.comment";
    case "tasks":
      return eventType.startsWith("task.") && eventType !== "task.comment";
    case "webhooks":
      return eventType.startsWith("webhook.");
    case "boards":
      return eventType.startsWith("board.") || eventType.startsWith("memory.");
    case "agents":
      return eventType.startsWith("agent.") || eventType.startsWith("gateway.");
    case "failures":
      return isFailure(eventType);
  }
}

/** Whether an event says that something went wrong. */
export function isFailure(eventType: string): boolean {
  return eventType.endsWith("failed");
}
