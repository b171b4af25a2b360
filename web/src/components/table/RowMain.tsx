import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { cx } from "@/lib/cx";

/** What names a row. With a link it fills the whole row, so that a press anywhere in it follows the link. */
export function RowMain({
  link,
  className,
  children,
}: {
  link: LinkProps | undefined;
  className?: string;
  children: ReactNode;
}) {
  const look = cx("block min-w-0 truncate font-medium", className);
  if (!link) {
    return (
      <span data-row-main tabIndex={-1} className={look}>
        {children}
      </span>
    );
  }
  return (
    <Link {...link} data-row-main className={cx(look, "after:absolute after:inset-0 after:rounded-[inherit]")}>
      {children}
    </Link>
  );
}
