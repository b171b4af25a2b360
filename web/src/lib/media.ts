import { useSyncExternalStore } from "react";

/** Pages from this width on keep their place beside an open sheet. */
export const WIDE = "(min-width: 1100px)";

/** Whether a media query holds, renewed when it changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    () => matchMedia(query).matches,
  );
}

/** Whether the page is too narrow for columns side by side. */
export function useIsPhone(): boolean {
  return useMedia("(max-width: 767px)");
}
