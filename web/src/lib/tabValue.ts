/** A text that one tab keeps until it is closed; a reload keeps it, other tabs have their own. */
export interface TabValue {
  /** The text; null while there is none. */
  get: () => string | null;
  /** Keeps a text, or forgets it with null. */
  set: (value: string | null) => void;
}

/** The text under a name of the tab's storage. Where storage is full or forbidden, it lasts as long as the page. */
export function tabValue(name: string): TabValue {
  let held = stored();
  function stored(): string | null {
    try {
      return sessionStorage.getItem(name);
    } catch {
      return null;
    }
  }
  return {
    get: () => held,
    set(value) {
      held = value;
      try {
        if (value) sessionStorage.setItem(name, value);
        else sessionStorage.removeItem(name);
      } catch {
        // Memory is enough until the page is loaded again.
      }
    },
  };
}
