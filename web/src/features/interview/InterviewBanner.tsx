import { Link } from "@tanstack/react-router";
import { MessagesSquare } from "lucide-react";
import type { Board } from "@/api/types";

/** Offers the interview on a goal board whose goal nobody has confirmed; nothing on others. */
export function InterviewBanner({ board }: { board: Board }) {
  if (board.board_type === "general" || board.goal_confirmed || !board.gateway_id) return null;
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-xl border border-line bg-accent-soft px-4 py-3">
      <MessagesSquare size={18} className="text-accent-text" aria-hidden="true" />
      <p className="min-w-0 flex-1">
        <span className="font-medium">The goal of this board is not confirmed.</span>{" "}
        <span className="text-ink-2">An agent can find it out with you in a few questions.</span>
      </p>
      <Link
        to="/boards/$boardId/interview"
        params={{ boardId: board.id }}
        className="font-medium text-accent-text underline underline-offset-2"
      >
        Open the interview
      </Link>
    </div>
  );
}
