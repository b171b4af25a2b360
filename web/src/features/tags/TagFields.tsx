import type { ApiError } from "@/api/errors";
import { Button } from "@/components/ui/Button";
import { TextAreaField, TextField } from "@/components/ui/TextField";
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
      <TextField
        label="Name"
        required
        error={problems.name ?? refused?.field("name")}
        maxLength={255}
        value={form.name}
        onChange={(name) => set({ name })}
      />
      <div className="flex items-center gap-3 rounded-lg border border-line bg-sunken px-3 py-2.5">
        <span className="text-xs text-ink-3">On tasks</span>
        <TagPill name={form.name.trim() || "Name"} color={form.color} />
      </div>
      <ColorField
        value={form.color}
        error={problems.color ?? refused?.field("color")}
        onChange={(color) => set({ color })}
      />
      <TextField
        label="Slug"
        hint={
          hasSlug
            ? "Agents and scripts use it. A new name alone leaves it; empty makes it from the name."
            : "What agents and scripts use. Leave it empty to make it from the name."
        }
        error={problems.slug ?? refused?.field("slug")}
        mono
        maxLength={255}
        placeholder="from the name"
        value={form.slug}
        onChange={(slug) => set({ slug })}
        beside={
          <Button reason={form.slug ? null : "It is made from the name already."} onClick={() => set({ slug: "" })}>
            From name
          </Button>
        }
      />
      <TextAreaField
        label="Description"
        hint="What the tag means."
        error={refused?.field("description")}
        value={form.description}
        onChange={(description) => set({ description })}
      />
    </>
  );
}
