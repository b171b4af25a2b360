import { useEffect, useRef, useState } from "react";
import type { TaskCard } from "@/api/types";
import { useBoard } from "@/features/board/context";
import { useEdit } from "./useEdit";

/** The title; press it to change it. Enter or leaving the field saves, Escape does not. */
export function TaskTitle({ task }: { task: TaskCard }) {
  const { write, panelFocus, setPanelFocus } = useBoard();
  const { edit } = useEdit(task);
  const { allowed } = write;
  const wanted = panelFocus === "title" && allowed;
  const [draft, setDraft] = useState<string | null>(wanted ? task.title : null);
  const button = useRef<HTMLButtonElement>(null);

  const current = task.title;
  useEffect(() => {
    if (!wanted) return;
    setPanelFocus(null);
    setDraft((text) => text ?? current);
  }, [wanted, setPanelFocus, current]);

  async function save() {
    const title = draft?.trim();
    setDraft(null);
    if (!title || title === task.title) return;
    // What was typed must not be lost when the server refuses it.
    if (!(await edit({ title }))) setDraft(title);
  }

  if (draft !== null) {
    return (
      <textarea
        aria-label="Title"
        // biome-ignore lint/a11y/noAutofocus: the user has just asked to type here.
        autoFocus
        rows={1}
        className="field field-sizing-content resize-none text-lg! font-semibold"
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.nativeEvent.isComposing) {
            event.preventDefault();
            event.currentTarget.blur();
          }
          if (event.key === "Escape") {
            event.stopPropagation();
            setDraft(null);
            requestAnimationFrame(() => button.current?.focus());
          }
        }}
      />
    );
  }
  const title = task.title || "Untitled task";
  if (!write.allowed) return <h2 className="px-2 text-lg font-semibold break-words">{title}</h2>;
  return (
    <h2>
      <button
        ref={button}
        type="button"
        aria-label={`Edit title: ${title}`}
        className="w-full rounded-md px-2 py-1 text-left text-lg font-semibold break-words hover:bg-hover"
        onClick={() => setDraft(task.title)}
      >
        {title}
      </button>
    </h2>
  );
}
