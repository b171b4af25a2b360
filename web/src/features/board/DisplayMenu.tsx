import { useState } from "react";
import type { LateMenuProps } from "@/components/ui/lazyMenu";
import { Menu, MenuChoice, MenuSeparator } from "@/components/ui/Menu";
import { useIsPhone } from "@/lib/media";
import { type BoardSearch, type Grouping, lanesOf, type Order } from "./search";

const GROUPINGS: { value: Grouping; label: string }[] = [
  { value: "status", label: "Status" },
  { value: "assignee", label: "Assignee" },
  { value: "priority", label: "Priority" },
  { value: "tag", label: "Tag" },
  { value: "none", label: "No groups" },
];

const LANES: { value: Grouping; label: string }[] = [
  { value: "none", label: "No lanes" },
  { value: "assignee", label: "A lane for each assignee" },
  { value: "priority", label: "A lane for each priority" },
  { value: "tag", label: "A lane for each tag" },
];

const ORDERS: { value: Order | ""; label: string }[] = [
  { value: "", label: "Newest first" },
  { value: "priority", label: "Priority" },
  { value: "due", label: "Due date" },
  { value: "updated", label: "Last change" },
  { value: "title", label: "Title" },
  { value: "assignee", label: "Assignee" },
];

/** How tasks are shown and how to change that. */
export interface DisplayMenuProps {
  search: BoardSearch;
  onChange: (changes: Partial<BoardSearch>) => void;
}

/** How the tasks are shown: as a board or a list, in which order, under which headings. */
export default function DisplayMenu({ search, onChange, trigger }: LateMenuProps & DisplayMenuProps) {
  const [open, setOpen] = useState(true);
  const phone = useIsPhone();
  const isList = search.view === "list";
  return (
    <Menu className="w-56" open={open} onOpenChange={setOpen} trigger={trigger}>
      <MenuChoice
        label="Show as"
        value={search.view ?? "board"}
        options={[
          { value: "board", label: "Board" },
          { value: "list", label: "List" },
        ]}
        onChange={(view) => onChange({ view: view === "list" ? "list" : undefined })}
      />
      <MenuSeparator />
      <MenuChoice
        label="Order"
        value={search.sort ?? ""}
        options={ORDERS}
        onChange={(sort) => onChange({ sort: sort || undefined, down: undefined })}
      />
      {search.sort && (
        <>
          <MenuSeparator />
          <MenuChoice
            label="Direction"
            value={search.down ? "down" : "up"}
            options={[
              { value: "up", label: "As usual" },
              { value: "down", label: "Turned round" },
            ]}
            onChange={(direction) => onChange({ down: direction === "down" ? true : undefined })}
          />
        </>
      )}
      {(isList || !phone) && (
        <>
          <MenuSeparator />
          <MenuChoice
            label={isList ? "Group by" : "Lanes"}
            value={isList ? (search.group ?? "status") : (lanesOf(search) ?? "none")}
            options={isList ? GROUPINGS : LANES}
            // What is usual needs no word in the address.
            onChange={(chosen) =>
              onChange({ group: chosen === "status" || (chosen === "none" && !isList) ? undefined : chosen })
            }
          />
        </>
      )}
    </Menu>
  );
}
