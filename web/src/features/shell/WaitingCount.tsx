import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { approvalsQuery } from "@/api/queries/approvals";
import { notifyDesktop } from "@/lib/desktop";
import { setWaiting } from "@/lib/title";

// The page comes first, then the number beside its navigation.
const SETTLED_MS = 3_000;

/** How many decisions wait, when some do; also in the title of the page, and on the desktop when they become more. */
export function WaitingCount() {
  const navigate = useNavigate();
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), SETTLED_MS);
    return () => clearTimeout(timer);
  }, []);
  const total = useInfiniteQuery({ ...approvalsQuery("pending"), enabled: settled }).data?.pages[0]?.total;
  const known = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (total === undefined) return;
    setWaiting(total);
    if (known.current !== undefined && total > known.current) {
      notifyDesktop(
        total === 1 ? "An approval waits for your decision." : `${total} approvals wait for your decision.`,
        {
          tag: "mc-approvals",
          onClick: () => void navigate({ to: "/approvals" }),
        },
      );
    }
    known.current = total;
  }, [total, navigate]);
  useEffect(() => () => setWaiting(0), []);
  if (!total) return null;
  return (
    <span className="ml-auto rounded-full bg-accent-soft px-1.5 text-xs font-semibold text-accent-text tabular-nums">
      {total}
      <span className="sr-only"> waiting</span>
    </span>
  );
}
