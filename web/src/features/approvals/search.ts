import { searchTexts } from "@/lib/searchText";

/** Which approvals the page shows. */
export type ApprovalView = "pending" | "approved" | "rejected" | "all";

/** The orders of what waits. */
export const APPROVAL_SORTS = [
  { value: "newest", label: "Newest first" },
  { value: "oldest", label: "Oldest first" },
  { value: "unsure", label: "Lowest confidence" },
] as const;

export type ApprovalSort = (typeof APPROVAL_SORTS)[number]["value"];

/** Everything on the approvals page that a link can carry. */
export interface ApprovalsSearch {
  /** Left out for those that wait for a decision. */
  state?: Exclude<ApprovalView, "pending">;
  /** A board's id. */
  board?: string;
  /** What is to be approved, such as `task.execute`. */
  action?: string;
  /** A part of the tasks, the reason, or who asks. */
  q?: string;
  /** Left out for the newest first. */
  sort?: Exclude<ApprovalSort, "newest">;
  /** The approval that is selected. */
  approval?: string;
}

/** The views with their names, in the order of the page. */
export const APPROVAL_VIEWS: { value: ApprovalView; label: string }[] = [
  { value: "pending", label: "Pending" },
  { value: "approved", label: "Approved" },
  { value: "rejected", label: "Rejected" },
  { value: "all", label: "All" },
];

/** Reads the address of the approvals page; what it does not know is dropped. */
export function parseApprovalsSearch(search: Record<string, unknown>): ApprovalsSearch {
  const result: ApprovalsSearch = searchTexts(search, ["board", "action", "q", "approval"]);
  const view = APPROVAL_VIEWS.find((entry) => entry.value === search.state)?.value;
  if (view && view !== "pending") result.state = view;
  const sort = APPROVAL_SORTS.find((entry) => entry.value === search.sort)?.value;
  if (sort && sort !== "newest") result.sort = sort;
  return result;
}
