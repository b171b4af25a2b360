import type { ApiError } from "@/api/errors";
import { Button } from "@/components/ui/Button";
import { Field } from "@/components/ui/Field";
import { ColorField } from "./ColorField";
import type { TagForm } from "./form";
import { TagPill } from "./TagPill";

interface TagFieldsProps {
  form: TagForm;
  problems: Partial<Record<keyof TagForm, string>>;
  refused: ApiError | null;
  /** The tag has a slug that links and agents may use already. */
  hasSlug?: boolean;
  onChange: (form: TagForm) => void;
}

/** The fields that making and editing a tag share. */
export function TagFields({ form, problems, refused, hasSlug, onChange }: TagFieldsProps) {
  const set = (part: Partial<TagForm>) => onChange({ ...form, ...part });
  return (
    <>
      <Field label="Name" required error={problems.name ?? refused?.field("name")}>
        {(props) => (
          <input
            {...props}
            className="field"
            maxLength={255}
            value={form.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </Field>
      <div className="flex items-center gap-3 rounded-lg border border-line bg-sunken px-3 py-2.5">
        <span className="text-xs text-ink-3">On tasks</span>
        <TagPill name={form.name.trim() || "Name"} color={form.color} />
      </div>
      <ColorField
        value={form.color}
        error={problems.color ?? refused?.field("color")}
        onChange={(color) => set({ color })}
      />
      <Field
        label="Slug"
        hint={
          hasSlug
            ? "Agents and scripts use it. A new name alone leaves it; empty makes it from the name."
            : "What agents and scripts use. Leave it empty to make it from the name."
        }
        error={problems.slug ?? refused?.field("slug")}
      >
        {(props) => (
          <div className="flex gap-2">
            <input
              {...props}
              className="field font-mono"
              spellCheck={false}
              maxLength={255}
              placeholder="from the name"
              value={form.slug}
              onChange={(event) => set({ slug: event.target.value })}
            />
            <Button reason={form.slug ? null : "It is made from the name already."} onClick={() => set({ slug: "" })}>
              From name
            </Button>
          </div>
        )}
      </Field>
      <Field label="Description" hint="What the tag means." error={refused?.field("description")}>
        {(props) => (
          <textarea
            {...props}
            className="field min-h-16"
            value={form.description}
            onChange={(event) => set({ description: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
