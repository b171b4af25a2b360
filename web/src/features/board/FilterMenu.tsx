import { CalendarClock, CircleDot, Flag, SlidersHorizontal, Tag as TagIcon, UserRound } from "lucide-react";
import { useState } from "react";
import type { CustomField, TaskCard } from "@/api/types";
import type { LateMenuProps } from "@/components/ui/lazyMenu";
import { Menu, MenuChoice, MenuSub, MenuToggles } from "@/components/ui/Menu";
import { PRIORITIES, PriorityIcon, priorityLabel, priorityRank, STATUS_OPTIONS } from "@/features/task/status";
import { useBoard } from "./context";
import { fieldText } from "./filter";
import { type BoardSearch, DUE_LABEL, type Due } from "./search";
import { TagDot } from "./TaskFacts";

/** More values than these are no choice but a list; text search finds them. */
const VALUES_MAX = 30;

/** What the filters are and how to change them. */
export interface FilterMenuProps {
  search: BoardSearch;
  onChange: (changes: Partial<BoardSearch>) => void;
}

/** What tasks can be filtered by, in menus. */
export default function FilterMenu({ search, onChange, trigger }: LateMenuProps & FilterMenuProps) {
  const { snapshot, tasks, tags, fields } = useBoard();
  const [open, setOpen] = useState(true);
  const priorities = [...new Set([...PRIORITIES, ...tasks.map((task) => task.priority)])].sort(
    (a, b) => priorityRank(a) - priorityRank(b),
  );
  const some = <T,>(values: T[]): T[] | undefined => (values.length > 0 ? values : undefined);
  const count = (values: unknown[] | undefined) => (values?.length ? String(values.length) : undefined);
  return (
    <Menu className="w-56" open={open} onOpenChange={setOpen} trigger={trigger}>
      <MenuSub label="Status" icon={<CircleDot size={14} />} hint={count(search.status)}>
        <MenuToggles
          label="Status"
          values={search.status ?? []}
          options={STATUS_OPTIONS}
          onChange={(status) => onChange({ status: some(status) })}
        />
      </MenuSub>
      <MenuSub label="Priority" icon={<Flag size={14} />} hint={count(search.priority)}>
        <MenuToggles
          label="Priority"
          values={search.priority ?? []}
          options={priorities.map((value) => ({
            value,
            label: priorityLabel(value),
            icon: <PriorityIcon priority={value} />,
          }))}
          onChange={(priority) => onChange({ priority: some(priority) })}
        />
      </MenuSub>
      <MenuSub label="Assignee" icon={<UserRound size={14} />} hint={search.assignee ? "1" : undefined}>
        <MenuChoice
          label="Assignee"
          value={search.assignee ?? ""}
          options={[
            { value: "", label: "Anybody" },
            { value: "none", label: "Nobody" },
            ...snapshot.agents.map((agent) => ({ value: agent.id, label: agent.name })),
          ]}
          onChange={(assignee) => onChange({ assignee: assignee || undefined })}
        />
      </MenuSub>
      {tags.length > 0 && (
        <MenuSub label="Tag" icon={<TagIcon size={14} />} hint={count(search.tag)}>
          <MenuToggles
            label="Any of these tags"
            values={search.tag ?? []}
            options={tags.map((tag) => ({ value: tag.id, label: tag.name, icon: <TagDot color={tag.color} /> }))}
            onChange={(tag) => onChange({ tag: some(tag) })}
          />
        </MenuSub>
      )}
      <MenuSub label="Due" icon={<CalendarClock size={14} />} hint={search.due ? "1" : undefined}>
        <MenuChoice
          label="Due"
          value={search.due ?? ""}
          options={[
            { value: "", label: "Any time" },
            ...(Object.keys(DUE_LABEL) as Due[]).map((value) => ({ value, label: DUE_LABEL[value] })),
          ]}
          onChange={(due) => onChange({ due: (due || undefined) as Due | undefined })}
        />
      </MenuSub>
      {fields.map((field) => (
        <FieldFilter key={field.id} field={field} tasks={tasks} search={search} onChange={onChange} />
      ))}
    </Menu>
  );
}

/** The values of a custom field that tasks of the board have. */
function FieldFilter({ field, tasks, search, onChange }: FilterMenuProps & { field: CustomField; tasks: TaskCard[] }) {
  const prefix = `${field.field_key}:`;
  const values = [...new Set(tasks.map((task) => fieldText(task.custom_field_values?.[field.field_key])))].sort();
  // Long texts and documents are no choices.
  if (field.field_type === "text_long" || field.field_type === "json") return null;
  const chosen = (search.field ?? []).filter((entry) => entry.startsWith(prefix));
  const others = (search.field ?? []).filter((entry) => !entry.startsWith(prefix));
  return (
    <MenuSub
      label={field.label}
      icon={<SlidersHorizontal size={14} />}
      hint={chosen.length > 0 ? String(chosen.length) : undefined}
    >
      <MenuToggles
        label={field.label}
        values={chosen}
        options={values.slice(0, VALUES_MAX).map((value) => ({
          value: prefix + value,
          label: value === "" ? "None" : value,
        }))}
        onChange={(next) => onChange({ field: next.length + others.length > 0 ? [...others, ...next] : undefined })}
      />
    </MenuSub>
  );
}
