import type { JobState } from "@/api/types";

/** What the address of the page says: which jobs are listed. */
export interface SystemSearch {
  jobs?: JobState;
}

export const JOB_STATES: readonly { value: JobState; label: string }[] = [
  { value: "dead", label: "Failed" },
  { value: "queued", label: "Waiting" },
  { value: "running", label: "Running" },
];

/** Reads the address; what it does not know is left out. */
export function parseSystemSearch(search: Record<string, unknown>): SystemSearch {
  const state = JOB_STATES.find(({ value }) => value === search.jobs)?.value;
  return state && state !== "dead" ? { jobs: state } : {};
}
