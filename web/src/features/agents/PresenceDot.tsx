import { cx } from "@/lib/cx";

const COLORS: Record<string, string> = {
  online: "bg-ok",
  idle: "border-2 border-ok",
  offline: "bg-danger",
  never: "border-2 border-line-strong",
};

/** Whether somebody is there, as a dot; its neighbour says it in words. */
export function PresenceDot({ presence, large }: { presence: string; large?: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={cx("shrink-0 rounded-full", large ? "size-2.5" : "size-2", COLORS[presence] ?? COLORS.never)}
    />
  );
}
