import { useCallback, useState } from "react";

const PREFIX = "mc.draft.";

function read(key: string): string {
  try {
    return localStorage.getItem(PREFIX + key) ?? "";
  } catch {
    return "";
  }
}

function write(key: string, text: string): void {
  try {
    if (text) localStorage.setItem(PREFIX + key, text);
    else localStorage.removeItem(PREFIX + key);
  } catch {
    // A full or forbidden storage must not stop anybody from typing.
  }
}

/**
 * Text that survives closing the panel and reloading the page, until it is sent. The component that uses it needs a
 * React `key` that changes with `key`.
 */
export function useDraft(key: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => read(key));
  const update = useCallback(
    (next: string) => {
      setText(next);
      write(key, next);
    },
    [key],
  );
  return [text, update];
}

/**
 * A form that survives closing its dialog and reloading the page, until it is sent: the values, how to change them, and
 * how to forget them. What is stored must still have the fields of `initial`; else the form begins anew.
 */
export function useFormDraft<T extends object>(key: string, initial: T): [T, (form: T) => void, () => void] {
  const [form, setForm] = useState<T>(() => readForm(key, initial));
  const update = useCallback(
    (next: T) => {
      setForm(next);
      write(key, JSON.stringify(next));
    },
    [key],
  );
  const forget = useCallback(() => write(key, ""), [key]);
  return [form, update, forget];
}

function readForm<T extends object>(key: string, initial: T): T {
  try {
    const stored: unknown = JSON.parse(read(key));
    if (typeof stored !== "object" || stored === null) return initial;
    const fits = Object.entries(initial).every(([name, value]) => typeof Reflect.get(stored, name) === typeof value);
    return fits ? (stored as T) : initial;
  } catch {
    return initial;
  }
}

/** Forgets one draft, because its text was sent. */
export function clearDraft(key: string): void {
  write(key, "");
}

/** Forgets every draft of this browser; on signing out. */
export function clearDrafts(): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX)) localStorage.removeItem(key);
    }
  } catch {
    // Nothing was stored then.
  }
}
