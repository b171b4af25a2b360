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
