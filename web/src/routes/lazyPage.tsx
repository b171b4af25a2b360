import { type AsyncRouteComponent, lazyRouteComponent } from "@tanstack/react-router";
import { type ComponentType, useEffect, useState } from "react";
import { unreachable } from "@/api/errors";
import { ErrorPage } from "@/features/shell/ErrorPage";
import { isServed } from "@/lib/late";
import { useLiveStatus } from "@/live/store";

/**
 * A page whose code is read when somebody goes there. While the server is away it says so in its place, and opens when
 * the server is back; the router alone would load the whole console anew, and lose it. Code that is gone because the
 * server has a newer console makes the router do just that.
 */
export function lazyPage<Code extends Record<string, unknown>>(
  read: () => Promise<Code>,
  name: keyof Code & string,
): AsyncRouteComponent<object> {
  let Page: ComponentType | undefined;

  function Unread() {
    const live = useLiveStatus().phase === "live";
    const [tries, setTries] = useState(0);
    // biome-ignore lint/correctness/useExhaustiveDependencies: another try, or the return of the server, reads again.
    useEffect(() => {
      if (Page) return;
      let gone = false;
      read()
        .then((code) => {
          Page = code[name] as ComponentType;
          if (!gone) setTries((before) => before + 1);
        })
        .catch(async () => {
          if ((await isServed()) && !gone) location.reload();
        });
      return () => {
        gone = true;
      };
    }, [live, tries]);
    if (Page) return <Page />;
    return <ErrorPage error={unreachable()} reset={() => setTries(tries + 1)} />;
  }

  return lazyRouteComponent(async (): Promise<{ default: ComponentType }> => {
    try {
      return { default: (await read())[name] as ComponentType };
    } catch (error) {
      if (await isServed()) throw error;
      return { default: Unread };
    }
  });
}
