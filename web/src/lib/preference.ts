import { useSyncExternalStore } from "react";

/** A choice of this browser that outlives the page. */
export interface Preference<T extends string> {
  get: () => T;
  set: (value: T) => void;
  use: () => T;
}

/** A choice among `values` under a key of the browser's storage; the first one holds until another is chosen. */
export function preference<T extends string>(key: string, values: readonly [T, ...T[]]): Preference<T> {
  const listeners = new Set<() => void>();
  let current = stored();
  function stored(): T {
    try {
      const value = localStorage.getItem(key);
      return values.find((known) => known === value) ?? values[0];
    } catch {
      return values[0];
    }
  }
  const get = () => current;
  return {
    get,
    set(value) {
      current = value;
      try {
        if (value === values[0]) localStorage.removeItem(key);
        else localStorage.setItem(key, value);
      } catch {
        // Without storage the choice lasts as long as the page.
      }
      for (const listener of listeners) listener();
    },
    use: () =>
      useSyncExternalStore((listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      }, get),
  };
}
