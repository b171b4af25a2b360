/** Which questions the page shows. */
export type QuestionView = "open" | "answered" | "all";

/** Everything on the page of questions that a link can carry. */
export interface QuestionsSearch {
  /** Left out for those that wait for an answer. */
  show?: Exclude<QuestionView, "open">;
}

/** The views with their names, in the order of the page. */
export const QUESTION_VIEWS: { value: QuestionView; label: string }[] = [
  { value: "open", label: "Open" },
  { value: "answered", label: "Answered" },
  { value: "all", label: "All" },
];

/** Reads the address of the page; what it does not know is dropped. */
export function parseQuestionsSearch(search: Record<string, unknown>): QuestionsSearch {
  const view = QUESTION_VIEWS.find((entry) => entry.value === search.show)?.value;
  return view && view !== "open" ? { show: view } : {};
}
