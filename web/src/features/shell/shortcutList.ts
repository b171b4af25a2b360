import { goKey, PAGES } from "./pages";

/** A titled part of the sheet of shortcuts: keys and what they do. */
export interface ShortcutGroup {
  title: string;
  keys: [keys: string, meaning: string][];
}

/** Every keyboard shortcut, in the order of the sheet. */
export const SHORTCUTS: ShortcutGroup[] = [
  {
    title: "Everywhere",
    keys: [
      ["Ctrl K", "Find anything"],
      ["?", "Show this list"],
      ["Esc", "Close the open panel or dialog"],
    ],
  },
  {
    title: "Go to",
    keys: PAGES.flatMap((page): [string, string][] => {
      const key = goKey(page);
      return key ? [[`G ${key.toUpperCase()}`, page.label]] : [];
    }),
  },
  {
    title: "In lists",
    keys: [
      ["J K", "Next or previous row"],
      ["↑ ↓", "The same, within the list"],
      ["Home End", "First or last row"],
      ["Enter", "Open the row"],
    ],
  },
  {
    title: "Among approvals",
    keys: [
      ["J K", "Next or previous approval"],
      ["A Enter", "Approve"],
      ["R Enter", "Reject"],
    ],
  },
  {
    title: "On a board",
    keys: [
      ["N", "New task"],
      ["/", "Filter by text"],
      ["V", "Switch between board and list"],
      ["C", "Open the chat"],
    ],
  },
  {
    title: "On a card",
    keys: [
      ["↑ ↓", "Previous or next card"],
      ["← →", "Card in the column beside"],
      ["Shift ← →", "Move the card to the column beside"],
      ["J K", "Next or previous card, or task in the panel"],
      ["Enter", "Open the task"],
      ["E", "Edit the title"],
      ["C", "Comment"],
      ["M", "Move the card to…"],
      ["A", "Assign the card to…"],
      ["X", "Choose the card; with Shift all up to it"],
      ["Delete", "Delete the card, or all that are chosen"],
    ],
  },
  {
    title: "In charts",
    keys: [
      ["← →", "Read out the point beside"],
      ["Home End", "Read out the first or last point"],
    ],
  },
];
