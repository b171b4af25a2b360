import { Link } from "@tanstack/react-router";
import { CirclePause, EllipsisVertical } from "lucide-react";
import type { Board, BoardGroup } from "@/api/types";
import { Badge } from "@/components/Badge";
import { RelativeTime } from "@/components/RelativeTime";
import { IconButton } from "@/components/ui/Button";
import { lazyMenu } from "@/components/ui/lazyMenu";
import { initial } from "@/lib/initial";

const BoardMenu = lazyMenu<{ board: Board }>(() => import("./BoardMenu"));

/** A board in the list of boards. */
export function BoardRow({ board, group }: { board: Board; group: BoardGroup | undefined }) {
  return (
    <li className="group relative flex items-center gap-3 py-3 pr-2 pl-4 hover:bg-hover">
      <span
        className="grid size-8 shrink-0 place-items-center rounded-lg bg-accent-soft text-sm font-semibold text-accent-text"
        aria-hidden="true"
      >
        {initial(board.name)}
      </span>
      <div className="min-w-0 flex-1">
        <Link
          to="/boards/$boardId"
          params={{ boardId: board.id }}
          className="block truncate font-semibold after:absolute after:inset-0"
        >
          {board.name || "Untitled board"}
        </Link>
        <p className="truncate text-xs text-ink-3">{board.description}</p>
      </div>
      {board.paused_at && (
        <Badge tone="warn" icon={<CirclePause size={11} aria-hidden="true" />}>
          Paused
        </Badge>
      )}
      {group && (
        <Link
          to="/board-groups/$groupId"
          params={{ groupId: group.id }}
          className="relative z-10 max-w-44 truncate text-xs text-ink-2 hover:text-ink hover:underline @max-2xl:hidden"
        >
          {group.name}
        </Link>
      )}
      <span className="flex w-16 justify-end @max-xl:hidden">
        {board.board_type === "goal" ? <Badge tone="accent">Goal</Badge> : <Badge>General</Badge>}
      </span>
      <RelativeTime value={board.updated_at} className="w-20 text-right text-xs text-ink-3 max-md:w-auto" />
      <span className="relative z-10">
        <BoardMenu
          board={board}
          trigger={
            <IconButton label={`Actions for ${board.name || "Untitled board"}`} size="sm">
              <EllipsisVertical size={15} />
            </IconButton>
          }
        />
      </span>
    </li>
  );
}
