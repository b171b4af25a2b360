import { useState } from "react";
import type { LateMenuProps } from "@/components/ui/lazyMenu";
import { Menu, MenuChoice } from "@/components/ui/Menu";
import { type BoardSort, SORT_LABEL } from "./search";

/** In which order boards are listed, and how to change that. */
export interface BoardSortMenuProps {
  sort: BoardSort | undefined;
  /** Whether any board belongs to a group. */
  grouped: boolean;
  onChange: (sort: BoardSort | undefined) => void;
}

/** Chooses the order of the boards. */
export default function BoardSortMenu({ sort, grouped, onChange, trigger }: LateMenuProps & BoardSortMenuProps) {
  const [open, setOpen] = useState(true);
  const options = (["name", "group", "updated"] as const).filter((value) => grouped || value !== "group");
  return (
    <Menu align="end" open={open} onOpenChange={setOpen} trigger={trigger}>
      <MenuChoice
        label="Order"
        value={sort ?? "name"}
        options={options.map((value) => ({ value, label: SORT_LABEL[value] }))}
        onChange={(chosen) => onChange(chosen === "name" ? undefined : chosen)}
      />
    </Menu>
  );
}
