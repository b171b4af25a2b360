import { getRouteApi } from "@tanstack/react-router";
import { Ellipsis, Plus } from "lucide-react";
import type { TaskStatus } from "@/api/types";
import { IconButton } from "@/components/ui/Button";
import { lazyMenu } from "@/components/ui/lazyMenu";
import { STATUS_LABEL, StatusIcon } from "@/features/task/status";
import { cx } from "@/lib/cx";
import type { ColumnMenuProps } from "./ColumnMenu";
import { useBoard } from "./context";
import { type BoardSearch, toggled } from "./search";

const route = getRouteApi("/shell/boards/$boardId");

const ColumnMenu = lazyMenu<ColumnMenuProps>(() => import("./ColumnMenu"));

interface ColumnHeadingProps {
  status: TaskStatus;
  /** How many tasks pass the filters. */
  shown: number;
  /** All tasks in this state. */
  total: number;
  /** The id of the heading, for what it names. */
  id: string;
  /** Opens or closes the line for a new task; without it there is none. */
  onAdd?: () => void;
}

/** The name of a column with how full it is, and what can be done with it. */
export function ColumnHeading({ status, shown, total, id, onAdd }: ColumnHeadingProps) {
  const { limit } = route.useSearch();
  const navigate = route.useNavigate();
  const { write } = useBoard();
  const label = STATUS_LABEL[status];
  const change = (part: (search: BoardSearch) => Partial<BoardSearch>) =>
    void navigate({ search: (search) => ({ ...search, ...part(search) }), replace: true });
  return (
    <div className="flex h-10 shrink-0 items-center gap-2 pr-1.5 pl-3">
      <StatusIcon status={status} />
      <h2 id={id} className="truncate text-sm font-semibold">
        {label}
      </h2>
      <Fill shown={shown} total={total} limit={limit?.[status]} />
      <span className="ml-auto flex">
        <ColumnMenu
          label={label}
          limit={limit?.[status]}
          onFold={() => change((search) => ({ folded: toggled(search.folded, status) as BoardSearch["folded"] }))}
          onLimit={(most) =>
            change((search) => {
              const { [status]: _before, ...rest } = search.limit ?? {};
              const limits = most === null ? rest : { ...rest, [status]: most };
              return { limit: Object.keys(limits).length > 0 ? limits : undefined };
            })
          }
          trigger={
            <IconButton label={`Options of the column ${label}`} size="sm">
              <Ellipsis size={15} />
            </IconButton>
          }
        />
        {onAdd && (
          <IconButton label={`New task in ${label}`} size="sm" reason={write.reason} onClick={onAdd}>
            <Plus size={15} />
          </IconButton>
        )}
      </span>
    </div>
  );
}

/** How many tasks a column holds, and of how many it is meant to. */
function Fill({ shown, total, limit }: { shown: number; total: number; limit: number | undefined }) {
  if (limit === undefined) {
    return (
      <span className="text-xs whitespace-nowrap text-ink-3">{shown === total ? total : `${shown} of ${total}`}</span>
    );
  }
  const over = total > limit;
  return (
    <span
      title={over ? `${total - limit} more than the limit of this column` : "Tasks, and the limit of this column"}
      className={cx(
        "rounded-full px-1.5 text-xs whitespace-nowrap tabular-nums",
        over ? "bg-warn-soft font-medium text-warn" : "text-ink-3",
      )}
    >
      {total} / {limit}
      {over && <span className="sr-only">, over its limit</span>}
    </span>
  );
}

interface FoldedHeadingProps {
  status: TaskStatus;
  total: number;
  id: string;
  /** Without its name, above lanes. */
  short?: boolean;
}

/** The heading of a column that is folded to a strip; a press unfolds it. */
export function FoldedHeading({ status, total, id, short }: FoldedHeadingProps) {
  const navigate = route.useNavigate();
  return (
    <button
      type="button"
      aria-label={`Unfold ${STATUS_LABEL[status]}`}
      aria-expanded={false}
      onClick={() =>
        void navigate({
          search: (search) => ({ ...search, folded: toggled(search.folded, status) as BoardSearch["folded"] }),
          replace: true,
        })
      }
      data-tip={`Unfold ${STATUS_LABEL[status]}`}
      className={cx(
        "flex min-h-0 items-center rounded-xl text-ink-2 hover:bg-hover hover:text-ink",
        short ? "h-10 justify-center" : "flex-1 flex-col gap-2 py-3",
      )}
    >
      <StatusIcon status={status} />
      {!short && <span className="text-xs tabular-nums">{total}</span>}
      <span id={id} className={short ? "sr-only" : "text-sm font-semibold [writing-mode:vertical-rl]"}>
        {STATUS_LABEL[status]}
      </span>
    </button>
  );
}
