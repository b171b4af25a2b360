/** Which approvals the page shows. */
export type ApprovalView = "pending" | "approved" | "rejected" | "all";

/** Everything on the approvals page that a link can carry. */
export interface ApprovalsSearch {
  /** Left out for those that wait for a decision. */
  state?: Exclude<ApprovalView, "pending">;
  /** A board's id. */
  board?: string;
  /** The approval that is selected. */
  approval?: string;
}

/** The views with their names, in the order of the page. */
export const APPROVAL_VIEWS: { value: ApprovalView; label: string }[] = [
  { value: "pending", label: "Waiting" },
  { value: "approved", label: "Approved" },
  { value: "rejected", label: "Rejected" },
  { value: "all", label: "All" },
];

/** Reads the address of the approvals page; what it does not know is dropped. */
export function parseApprovalsSearch(search: Record<string, unknown>): ApprovalsSearch {
  const result: ApprovalsSearch = {};
  const view = APPROVAL_VIEWS.find((entry) => entry.value === search.state)?.value;
  if (view && view !== "pending") result.state = view;
  for (const key of ["board", "approval"] as const) {
    const value = search[key];
    if (typeof value === "string" && value.trim()) result[key] = value;
  }
  return result;
}
