import { ArrowDown, ArrowUp } from "lucide-react";
import { useRef } from "react";
import { IconButton } from "../ui/Button";
import { Select } from "../ui/Select";
import { RowMain } from "./RowMain";
import { SelectRow } from "./RowTable";
import { type RowsProps, useDrawnRows } from "./rows";
import { readSort } from "./sort";
import { useRowKeys } from "./useRowKeys";

const CARD_HEIGHT = 96;

/** Rows as cards, one below the other, where a table would be too wide. */
export function RowCards<Row>(props: RowsProps<Row>) {
  const { label, rows, columns, rowKey, link, actions, selection } = props;
  const box = useRef<HTMLDivElement>(null);
  const onKeyDown = useRowKeys(box);
  const drawn = useDrawnRows(box, rows.length, CARD_HEIGHT);
  const [main, ...others] = columns;
  const corner = others.filter((column) => column.phone === "corner");
  const lines = others.filter((column) => (column.phone ?? "line") === "line");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys move the focus between the rows, which are controls.
    <div ref={box} data-rows="" onKeyDown={onKeyDown}>
      <SortChoice {...props} />
      <ul
        aria-label={label}
        className="divide-y divide-line overflow-clip rounded-xl border border-line bg-surface shadow-card"
      >
        {drawn.before > 0 && <li aria-hidden="true" style={{ height: drawn.before }} />}
        {drawn.indexes.map(({ index, measure }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const key = rowKey(row);
          return (
            <li key={key} ref={measure} data-row="" data-index={index} className="table-row-look relative px-3 py-2.5">
              <div className="flex items-center gap-2">
                {selection && <SelectRow name={key} selection={selection} />}
                <RowMain link={link?.(row)} className="flex-1 py-1 text-base">
                  {main?.cell(row)}
                </RowMain>
                {corner.map((column) => (
                  <span key={column.id}>{column.cell(row)}</span>
                ))}
                {actions?.(row)}
              </div>
              {lines.length > 0 && (
                <dl className="mt-0.5 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-sm">
                  {lines.map((column) => (
                    <div key={column.id} className="contents">
                      <dt className="text-ink-3">{column.header}</dt>
                      <dd className="min-w-0 truncate text-ink-2">{column.cell(row)}</dd>
                    </div>
                  ))}
                </dl>
              )}
            </li>
          );
        })}
        {drawn.after > 0 && <li aria-hidden="true" style={{ height: drawn.after }} />}
      </ul>
    </div>
  );
}

/** Cards have no headings to press, so the sorting is a choice above them. */
function SortChoice<Row>({ columns, sort, defaultSort, onSort }: RowsProps<Row>) {
  const sortable = columns.filter((column) => column.sortBy);
  if (!onSort || sortable.length === 0) return null;
  const { column, descending } = readSort(sort ?? defaultSort);
  const put = (next: string) => onSort(next === defaultSort ? undefined : next);
  return (
    <div className="mb-2 flex items-center gap-2">
      <Select
        label="Sort by"
        value={column ?? ""}
        options={[
          ...(column ? [] : [{ value: "", label: "Sort by…" }]),
          ...sortable.map((entry) => ({ value: entry.id, label: entry.header })),
        ]}
        onChange={(next) => next && put(next)}
        className="flex-1"
      />
      {column && (
        <IconButton
          label={descending ? "Descending; sort ascending" : "Ascending; sort descending"}
          onClick={() => put(descending ? column : `-${column}`)}
        >
          {descending ? <ArrowDown size={16} /> : <ArrowUp size={16} />}
        </IconButton>
      )}
    </div>
  );
}
