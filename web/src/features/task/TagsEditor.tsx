import { Combobox } from "@base-ui/react/combobox";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, Plus, Tag as TagIcon, X } from "lucide-react";
import { useRef, useState } from "react";
import { call, client } from "@/api/client";
import { messageOf } from "@/api/errors";
import { keys } from "@/api/keys";
import { useBoard } from "@/features/board/context";
import { TagDot } from "@/features/board/TaskFacts";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { notifyError } from "@/lib/notify";

interface TagsEditorProps {
  id?: string;
  "aria-describedby"?: string;
  chosen: readonly string[];
  disabled?: boolean;
  onChange: (tags: string[]) => void;
}

interface Choice {
  value: string;
  label: string;
  color: string;
  /** It does not exist yet; choosing it makes it. */
  fresh?: boolean;
}

/** Colours of new tags, one after the other: all readable as dots in both themes. */
const COLORS = ["4b50d8", "0f8a6d", "c2410c", "9333ea", "0369a1", "be185d", "4d7c0f", "b45309"];
const NAME_MAX = 255;

/** The tags of a task: chips, and a list to search in. Administrators make a new tag by typing its name. */
export function TagsEditor({ chosen, disabled, onChange, ...rest }: TagsEditorProps) {
  const { tags } = useBoard();
  const admin = useOrganizationAdmin();
  const cache = useQueryClient();
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const create = useMutation({
    mutationFn: (name: string) =>
      call(client.POST("/api/v1/tags", { body: { name, color: COLORS[tags.length % COLORS.length] as string } })),
    async onSuccess(tag) {
      await cache.invalidateQueries({ queryKey: keys.tags });
      onChange([...chosen, tag.id]);
      setText("");
    },
    onError: (error, name) => notifyError(`The tag “${name}” was not created`, { description: messageOf(error) }),
  });
  const name = text.trim();
  const choices: Choice[] = tags.map((tag) => ({ value: tag.id, label: tag.name, color: tag.color }));
  const isNew =
    name !== "" && name.length <= NAME_MAX && !tags.some((tag) => tag.name.toLowerCase() === name.toLowerCase());
  const items = isNew && admin.allowed ? [...choices, { value: "", label: name, color: "", fresh: true }] : choices;
  const selected = choices.filter((choice) => chosen.includes(choice.value));

  function take(next: Choice[]) {
    const fresh = next.find((choice) => choice.fresh);
    if (fresh) {
      if (!create.isPending) create.mutate(fresh.label);
      return;
    }
    // What this list does not know, such as a tag that has just come, stays.
    const unknown = chosen.filter((id) => !tags.some((tag) => tag.id === id));
    onChange([...unknown, ...next.map((choice) => choice.value)]);
    setText("");
  }

  return (
    <div className="flex min-w-0 flex-1 flex-wrap items-center gap-1.5 py-0.5">
      {selected.map((tag) => (
        <span
          key={tag.value}
          className="inline-flex h-6 max-w-full items-center gap-1.5 rounded-full border border-line pr-1 pl-2 text-xs max-md:h-8"
        >
          <TagDot color={tag.color} />
          <span className="truncate">{tag.label}</span>
          {!disabled && (
            <button
              type="button"
              aria-label={`Take off ${tag.label}`}
              onClick={() => onChange(chosen.filter((id) => id !== tag.value))}
              className="grid size-4 place-items-center rounded-full text-ink-3 hover:bg-hover hover:text-ink max-md:size-6"
            >
              <X size={11} />
            </button>
          )}
        </span>
      ))}
      {disabled && selected.length === 0 && <span className="px-1.5 text-ink-3">None</span>}
      {!disabled && (
        <Combobox.Root
          multiple
          items={items}
          value={selected}
          onValueChange={take}
          inputValue={text}
          onInputValueChange={setText}
          isItemEqualToValue={(a: Choice, b: Choice) => a.value === b.value && !a.fresh}
          autoHighlight
        >
          <Combobox.Trigger
            {...rest}
            aria-label="Add a tag"
            className="inline-flex h-6 items-center gap-1 rounded-full px-2 text-xs text-ink-3 hover:bg-hover hover:text-ink max-md:h-8"
          >
            <TagIcon size={12} aria-hidden="true" />
            {selected.length === 0 ? "Add a tag" : "Add"}
          </Combobox.Trigger>
          <Combobox.Portal>
            <Combobox.Positioner className="z-50 outline-none" sideOffset={4}>
              <Combobox.Popup initialFocus={field} aria-label="Tags" className="popup flex max-h-72 w-60 flex-col">
                <Combobox.Input
                  ref={field}
                  aria-label="Search tags"
                  placeholder={admin.allowed ? "Find or create a tag…" : "Find a tag…"}
                  maxLength={NAME_MAX}
                  className="h-9 w-full border-b border-line bg-transparent px-3 text-sm outline-none max-md:h-11 max-md:text-lg"
                />
                <Combobox.Empty className="px-3 py-2.5 text-sm text-ink-3 empty:hidden">
                  {tags.length === 0
                    ? "There are no tags yet. Administrators make them."
                    : "No tag has this name. Administrators make new ones."}
                </Combobox.Empty>
                <Combobox.List className="min-h-0 overflow-y-auto p-1 empty:hidden">
                  {(choice: Choice) => (
                    <Combobox.Item key={choice.value} value={choice} className="menu-item max-md:py-2.5">
                      {choice.fresh ? <Plus size={12} /> : <TagDot color={choice.color} />}
                      <span className="min-w-0 flex-1 truncate">
                        {choice.fresh ? `Create “${choice.label}”` : choice.label}
                      </span>
                      <Combobox.ItemIndicator>
                        <Check size={14} className="text-accent-text" />
                      </Combobox.ItemIndicator>
                    </Combobox.Item>
                  )}
                </Combobox.List>
              </Combobox.Popup>
            </Combobox.Positioner>
          </Combobox.Portal>
        </Combobox.Root>
      )}
    </div>
  );
}
