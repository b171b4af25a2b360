import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { boardsQuery } from "@/api/queries/boards";
import { Checkbox } from "@/components/ui/Checkbox";
import { cx } from "@/lib/cx";
import { type AccessForm, withGrant } from "./access";

const SCOPES: { value: AccessForm["scope"]; label: string; note: string }[] = [
  { value: "all-write", label: "All boards, read and write", note: "Also boards that are made later." },
  { value: "all-read", label: "All boards, read only", note: "Sees everything, changes nothing." },
  { value: "boards", label: "Selected boards", note: "Reading and writing, board by board." },
];

// More rows than anybody reads; the search narrows them.
const ROWS_SHOWN = 100;

interface AccessFieldsProps {
  form: AccessForm;
  disabled?: boolean;
  problem?: string | null;
  onChange: (form: AccessForm) => void;
}

/** Chooses what somebody may do with the boards of the organization. */
export function AccessFields({ form, disabled, problem, onChange }: AccessFieldsProps) {
  return (
    <fieldset disabled={disabled} className="space-y-2">
      <legend className="mb-1 text-sm font-medium">Access to boards</legend>
      {SCOPES.map(({ value, label, note }) => (
        <label
          key={value}
          className={cx(
            "flex items-start gap-2.5 rounded-lg border px-3 py-2",
            form.scope === value ? "border-accent bg-accent-soft" : "border-line bg-surface",
            disabled ? "cursor-not-allowed" : "cursor-pointer hover:border-line-strong",
          )}
        >
          <input
            type="radio"
            name="access"
            className="mt-1 accent-(--accent)"
            checked={form.scope === value}
            onChange={() => onChange({ ...form, scope: value })}
          />
          <span>
            <span className="block font-medium">{label}</span>
            <span className="block text-xs text-ink-2">{note}</span>
          </span>
        </label>
      ))}
      {form.scope === "boards" && <BoardGrants form={form} disabled={disabled} onChange={onChange} />}
      {problem && (
        <p role="alert" className="text-xs font-medium text-danger">
          {problem}
        </p>
      )}
    </fieldset>
  );
}

function BoardGrants({ form, disabled, onChange }: Omit<AccessFieldsProps, "problem">) {
  const query = useQuery(boardsQuery);
  const [search, setSearch] = useState("");
  const boards = query.data?.items ?? [];
  const known = new Set(boards.map((board) => board.id));
  const unseen = Object.keys(form.boards).filter((board) => !known.has(board)).length;
  const wanted = search.trim().toLowerCase();
  const found = boards.filter((board) => board.name.toLowerCase().includes(wanted));
  const shown = found.slice(0, ROWS_SHOWN);
  if (query.isPending) return <p className="text-sm text-ink-3">Loading the boards…</p>;
  if (boards.length === 0) {
    return <p className="text-sm text-ink-2">There is no board that you can read. Choose all boards, or make one.</p>;
  }
  return (
    <div className="rounded-lg border border-line">
      {boards.length > 6 && (
        <div className="border-b border-line p-2">
          <input
            type="search"
            className="field"
            aria-label="Find a board"
            placeholder="Find a board…"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
      )}
      <div className="max-h-60 overflow-y-auto">
        <table className="w-full text-sm" aria-label="Rights on boards">
          <thead className="sticky top-0 z-10 bg-raised text-left text-xs text-ink-3">
            <tr>
              <th scope="col" className="px-3 py-1.5 font-medium">
                Board
              </th>
              <th scope="col" className="w-16 px-2 py-1.5 text-center font-medium">
                Read
              </th>
              <th scope="col" className="w-16 px-2 py-1.5 text-center font-medium">
                Write
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((board) => (
              <tr key={board.id} className="border-t border-line">
                <th scope="row" className="max-w-0 truncate px-3 py-1.5 text-left font-normal">
                  {board.name}
                </th>
                <td className="px-2 text-center">
                  <Checkbox
                    compact
                    label={`Read ${board.name}`}
                    disabled={disabled}
                    checked={board.id in form.boards}
                    onChange={(ticked) => onChange(withGrant(form, board.id, "read", ticked))}
                  />
                </td>
                <td className="px-2 text-center">
                  <Checkbox
                    compact
                    label={`Write ${board.name}`}
                    disabled={disabled}
                    checked={form.boards[board.id] === "write"}
                    onChange={(ticked) => onChange(withGrant(form, board.id, "write", ticked))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {found.length === 0 && <p className="px-3 py-3 text-sm text-ink-2">No board has this name.</p>}
        {found.length > shown.length && (
          <p className="border-t border-line px-3 py-2 text-xs text-ink-3">
            {found.length - shown.length} more. Type a part of the name to find them.
          </p>
        )}
      </div>
      {unseen > 0 && (
        <p className="border-t border-line px-3 py-2 text-xs text-ink-3">
          {unseen === 1 ? "A right on one board" : `Rights on ${unseen} boards`} that you cannot read stay as they are.
        </p>
      )}
    </div>
  );
}
