import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { approvalsQuery } from "@/api/queries/approvals";
import type { Approval } from "@/api/types";
import { mutedBoards, notifyDesktop } from "@/lib/desktop";
import { setWaiting } from "@/lib/title";

// The page comes first, then the number beside its navigation.
const SETTLED_MS = 3_000;

/** How many approvals are pending, when some are; also in the title of the page, and new ones on the desktop. */
export function WaitingCount() {
  const navigate = useNavigate();
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), SETTLED_MS);
    return () => clearTimeout(timer);
  }, []);
  const page = useInfiniteQuery({ ...approvalsQuery("pending"), enabled: settled }).data?.pages[0];
  const total = page?.total;
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (!page) return;
    setWaiting(page.total);
    const seen = known.current;
    known.current = new Set(page.items.map((item) => item.id));
    const news = seen ? page.items.filter((item) => !seen.has(item.id) && isHeard(item)) : [];
    if (news.length === 0) return;
    notifyDesktop(
      news.length === 1 ? "An approval is waiting for your decision." : `${news.length} new approvals are waiting.`,
      {
        tag: "mc-approvals",
        onClick: () => void navigate({ to: "/approvals" }),
      },
    );
  }, [page, navigate]);
  useEffect(() => () => setWaiting(0), []);
  if (!total) return null;
  return (
    <span className="ml-auto rounded-full bg-accent-soft px-1.5 text-xs font-semibold text-accent-text tabular-nums">
      {total}
      <span className="sr-only"> waiting</span>
    </span>
  );
}

/** Whether the desktop is to tell of an approval: its board is not muted. */
function isHeard(approval: Approval): boolean {
  return !mutedBoards.get().includes(approval.board_id);
}
