import { useState } from "react";

/** Whether two values of a form are the same. Forms hold plain data only. */
export function same(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b);
}

/** A form on top of newer values: what was typed stays, everything else follows. */
export function rebased<T extends object>(form: T, before: T, now: T): T {
  const next = { ...now };
  for (const name of Object.keys(form) as (keyof T)[]) {
    if (!same(form[name], before[name])) next[name] = form[name];
  }
  return next;
}

/** The values of a form that differ from what it began with. */
export function changed<T extends object>(form: T, before: T): Partial<T> {
  const names = (Object.keys(form) as (keyof T)[]).filter((name) => !same(form[name], before[name]));
  return Object.fromEntries(names.map((name) => [name, form[name]])) as Partial<T>;
}

interface RowForm<Row, T> {
  form: T;
  setForm: (form: T) => void;
  /** The row that the form began with; a change is sent on the condition that the server's is still this one. */
  base: Row;
  changes: Partial<T>;
  /** Somebody else has changed the row meanwhile. */
  isOutdated: boolean;
  /** Goes on from the newest row and keeps what was typed. */
  rebase: () => void;
}

/** A form that edits a row which may change under it. */
export function useRowForm<Row extends { updated_at: string }, T extends object>(
  row: Row,
  toForm: (row: Row) => T,
): RowForm<Row, T> {
  const [base, setBase] = useState(row);
  const [form, setForm] = useState(() => toForm(row));
  const before = toForm(base);
  return {
    form,
    setForm,
    base,
    changes: changed(form, before),
    isOutdated: row.updated_at !== base.updated_at,
    rebase() {
      setForm(rebased(form, before, toForm(row)));
      setBase(row);
    },
  };
}
