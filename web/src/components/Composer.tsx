import { useMutation } from "@tanstack/react-query";
import { SendHorizontal } from "lucide-react";
import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from "react";
import { cx } from "@/lib/cx";
import { useDraft } from "@/lib/drafts";
import { complete, type Mention, matching, mentionAt } from "@/lib/mentions";
import { FormError } from "./ErrorState";
import { Button } from "./ui/Button";

interface ComposerProps {
  /** Names the draft; texts of different places must not mix. */
  draftKey: string;
  label: string;
  placeholder: string;
  action: string;
  /** Why nothing can be sent. */
  reason: string | null;
  /** Who can be called with `@`; a list of them opens while one is typed. */
  mentions?: readonly Mention[];
  onSend: (text: string) => Promise<unknown>;
}

const NOBODY: readonly Mention[] = [];

/** A field to write a message in. What is typed survives closing and reloading; it is gone only when it was sent. */
export function Composer({ draftKey, label, placeholder, action, reason, mentions = NOBODY, onSend }: ComposerProps) {
  const [text, setText] = useDraft(draftKey);
  const field = useRef<HTMLTextAreaElement>(null);
  const list = useId();
  const [cursor, setCursor] = useState(0);
  const [picked, setPicked] = useState(0);
  // The mention that Escape has closed the list for, by the place of its `@`.
  const [dismissed, setDismissed] = useState(-1);
  const wantedCursor = useRef<number | null>(null);
  const query = mentionAt(text, cursor);
  const choices = query && query.at !== dismissed ? matching(mentions, query) : [];
  const open = choices.length > 0;
  const at = Math.min(picked, choices.length - 1);

  const send = useMutation({
    mutationFn: onSend,
    onSuccess() {
      setText("");
      field.current?.focus();
    },
  });
  const submit = () => {
    const message = text.trim();
    if (message && !reason && !send.isPending) send.mutate(message);
  };
  const take = (mention: Mention) => {
    if (!query) return;
    const done = complete(text, cursor, query, mention);
    wantedCursor.current = done.cursor;
    setText(done.text);
    setCursor(done.cursor);
  };

  useLayoutEffect(() => {
    if (wantedCursor.current === null) return;
    field.current?.setSelectionRange(wantedCursor.current, wantedCursor.current);
    wantedCursor.current = null;
  });

  function onKeyDown(event: KeyboardEvent) {
    // While an input method composes a character, the keys belong to it.
    if (event.nativeEvent.isComposing) return;
    const mention = choices[at];
    if (mention && onListKey(event, mention)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    submit();
  }

  function onListKey(event: KeyboardEvent, mention: Mention): boolean {
    switch (event.key) {
      case "ArrowDown":
        setPicked((at + 1) % choices.length);
        return true;
      case "ArrowUp":
        setPicked((at + choices.length - 1) % choices.length);
        return true;
      case "Enter":
      case "Tab":
        take(mention);
        return true;
      case "Escape":
        setDismissed(query?.at ?? -1);
        return true;
      default:
        return false;
    }
  }

  const follow = () => {
    setCursor(field.current?.selectionStart ?? 0);
  };
  // A text of several lines may not be a combobox, so it is a text field whose list is named.
  const suggests = mentions.length > 0 && {
    "aria-autocomplete": "list" as const,
    "aria-haspopup": "listbox" as const,
    "aria-controls": open ? list : undefined,
    "aria-activedescendant": open ? `${list}-${choices[at]?.handle}` : undefined,
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="relative flex items-end gap-2">
        {open && (
          <div
            id={list}
            role="listbox"
            aria-label="Who is meant"
            className="popup absolute bottom-full left-0 mb-1 w-64 max-w-full p-1"
          >
            {choices.map((mention, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the field keeps the focus and takes the keys.
              <div
                key={mention.handle}
                id={`${list}-${mention.handle}`}
                role="option"
                aria-selected={index === at}
                className={cx("menu-item", index === at && "bg-hover")}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => take(mention)}
              >
                <span className="font-medium">@{mention.handle}</span>
                <span className="min-w-0 truncate text-ink-3">{mention.name}</span>
              </div>
            ))}
          </div>
        )}
        <textarea
          ref={field}
          {...suggests}
          aria-label={label}
          placeholder={reason ?? placeholder}
          disabled={Boolean(reason)}
          rows={1}
          className="field field-sizing-content max-h-48 min-h-9 resize-none max-md:min-h-11"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setCursor(event.target.selectionStart);
            setPicked(0);
            if (dismissed >= 0 && mentionAt(event.target.value, event.target.selectionStart)?.at !== dismissed) {
              setDismissed(-1);
            }
          }}
          onKeyDown={onKeyDown}
          onSelect={follow}
        />
        <Button
          type="submit"
          variant="primary"
          busy={send.isPending}
          reason={reason ?? (text.trim() ? null : "Write something first.")}
          aria-label={action}
          className="h-9! max-md:h-11!"
          icon={<SendHorizontal size={15} />}
        />
      </div>
      <FormError error={send.error} />
      <p className="mt-1 text-xs text-ink-3 max-md:hidden">
        Enter sends, Shift+Enter starts a new line. Markdown works{mentions.length > 0 && "; @ calls somebody"}.
      </p>
    </form>
  );
}
