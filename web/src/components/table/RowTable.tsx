import { ArrowDown, ArrowUp, ChevronsUpDown, Columns3 } from "lucide-react";
import { useRef } from "react";
import { cx } from "@/lib/cx";
import { IconButton } from "../ui/Button";
import { Checkbox } from "../ui/Checkbox";
import { lazyMenu } from "../ui/lazyMenu";
import type { ColumnsMenuProps } from "./ColumnsMenu";
import type { Column } from "./columns";
import { useHiddenColumns } from "./hiddenColumns";
import { RowMain } from "./RowMain";
import { type RowsProps, useDrawnRows } from "./rows";
import { nextSort, readSort } from "./sort";
import { useRowKeys } from "./useRowKeys";

const ColumnsMenu = lazyMenu<ColumnsMenuProps>(() => import("./ColumnsMenu"));

const ROW_HEIGHT = 44;
/** Tables with fewer columns have none to spare. */
const CHOICE_FROM = 4;

const HIDE = { narrow: "@max-[640px]:hidden", medium: "@max-[900px]:hidden" };

function cellLook<Row>({ align, hideBelow }: Column<Row>): string {
  return cx(align === "right" && "text-right tabular-nums", hideBelow && HIDE[hideBelow]);
}

/** Rows as a table whose headings stay in sight. */
export function RowTable<Row>(props: RowsProps<Row>) {
  const { label, rows, columns: all, rowKey, link, actions, selection } = props;
  const hidden = useHiddenColumns(label);
  // The first one names the row and always stays.
  const columns = all.filter((column, at) => at === 0 || !hidden.includes(column.id));
  const picker = all.length >= CHOICE_FROM && (
    <ColumnsMenu
      table={label}
      columns={all.slice(1)}
      hidden={hidden}
      trigger={
        <IconButton label={`Columns of ${label}`} size="sm">
          <Columns3 size={14} />
        </IconButton>
      }
    />
  );
  const box = useRef<HTMLDivElement>(null);
  const onKeyDown = useRowKeys(box);
  const drawn = useDrawnRows(box, rows.length, ROW_HEIGHT);
  const width = columns.length + (selection ? 1 : 0) + (actions || picker ? 1 : 0);
  return (
    // Cut off, not scrolled: a scroller of its own would take the headings away from the page's.
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys move the focus between the rows, which are controls.
    <div
      ref={box}
      data-rows=""
      onKeyDown={onKeyDown}
      className="@container overflow-clip rounded-xl border border-line bg-surface shadow-card"
    >
      <table
        aria-label={label}
        aria-rowcount={rows.length + 1}
        className="w-full table-fixed border-separate border-spacing-0"
      >
        <thead>
          <tr aria-rowindex={1}>
            {selection && <SelectAll {...props} selection={selection} />}
            {columns.map((column) => (
              <Heading key={column.id} column={column} {...props} />
            ))}
            {(actions || picker) && (
              <th scope="col" className={cx(HEADING, actions ? "w-15" : "w-12", "pr-2! text-right")}>
                <span className="sr-only">{actions ? "Actions" : "Columns"}</span>
                {picker}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          <Gap height={drawn.before} width={width} />
          {drawn.indexes.map(({ index, measure }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const key = rowKey(row);
            const chosen = selection?.selected.has(key);
            return (
              <tr
                key={key}
                ref={measure}
                data-row=""
                data-index={index}
                aria-rowindex={index + 2}
                aria-selected={selection ? chosen : undefined}
                className={cx("table-row-look relative", chosen && "bg-accent-soft", link && "hover:bg-hover")}
              >
                {selection && (
                  <td className={CELL}>
                    <SelectRow name={key} {...props} selection={selection} />
                  </td>
                )}
                {columns.map((column, at) => (
                  <td key={column.id} className={cx(CELL, cellLook(column))}>
                    {at === 0 ? <RowMain link={link?.(row)}>{column.cell(row)}</RowMain> : column.cell(row)}
                  </td>
                ))}
                {(actions || picker) && <td className={cx(CELL, "text-right")}>{actions?.(row)}</td>}
              </tr>
            );
          })}
          <Gap height={drawn.after} width={width} />
        </tbody>
      </table>
    </div>
  );
}

const HEADING =
  "sticky top-0 z-10 h-9 border-b border-line bg-sunken px-3 text-left text-xs font-medium text-ink-3 first:pl-4 last:pr-4";
const CELL = "row-cell truncate border-b border-line px-3 first:pl-4 last:pr-4";

const ARIA_SORT = { true: "descending", false: "ascending" } as const;

interface HeadingProps<Row> extends Pick<RowsProps<Row>, "sort" | "defaultSort" | "onSort"> {
  column: Column<Row>;
}

function Heading<Row>({ column, sort, defaultSort, onSort }: HeadingProps<Row>) {
  const sorted = readSort(sort ?? defaultSort);
  const isSorted = sorted.column === column.id;
  const sortable = column.sortBy && onSort;
  const Arrow = !isSorted ? ChevronsUpDown : sorted.descending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={sortable && isSorted ? ARIA_SORT[`${sorted.descending}`] : undefined}
      className={cx(HEADING, cellLook(column))}
      style={{ width: column.width }}
    >
      {sortable ? (
        <button
          type="button"
          onClick={() => onSort(nextSort(column.id, sort, defaultSort))}
          className={cx(
            "group inline-flex max-w-full items-center gap-1 rounded hover:text-ink",
            isSorted && "text-ink",
            column.align === "right" && "flex-row-reverse",
          )}
        >
          <span className="truncate">{column.header}</span>
          <Arrow
            size={12}
            className={cx("shrink-0", !isSorted && "opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100")}
            aria-hidden="true"
          />
        </button>
      ) : (
        <span className="block truncate">{column.header}</span>
      )}
    </th>
  );
}

type SelectProps<Row> = Pick<RowsProps<Row>, "rows" | "rowKey"> & {
  selection: NonNullable<RowsProps<Row>["selection"]>;
};

function SelectAll<Row>({ rows, rowKey, selection }: SelectProps<Row>) {
  const keys = rows.map(rowKey);
  const chosen = keys.filter((key) => selection.selected.has(key)).length;
  return (
    <th scope="col" className={cx(HEADING, "w-11")}>
      <Checkbox
        label="Select all"
        compact
        checked={chosen > 0 && chosen === keys.length}
        indeterminate={chosen > 0 && chosen < keys.length}
        onChange={(all) => selection.onChange(new Set(all ? keys : []))}
      />
    </th>
  );
}

/** The box that chooses one row. */
export function SelectRow({
  name,
  selection,
}: {
  name: string;
  selection: NonNullable<RowsProps<unknown>["selection"]>;
}) {
  return (
    <Checkbox
      label="Select this row"
      compact
      checked={selection.selected.has(name)}
      onChange={(checked) => {
        const next = new Set(selection.selected);
        if (checked) next.add(name);
        else next.delete(name);
        selection.onChange(next);
      }}
    />
  );
}

/** Room for rows that are not drawn. */
function Gap({ height, width }: { height: number; width: number }) {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: an empty row takes no focus.
    <tr aria-hidden="true">
      <td colSpan={width} style={{ height }} />
    </tr>
  );
}
