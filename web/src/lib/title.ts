import { useEffect } from "react";

/** Names the page in the browser's tab and history. */
export function useTitle(...parts: (string | null | undefined)[]): void {
  const title = [...parts.filter(Boolean), "Mission Control"].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
