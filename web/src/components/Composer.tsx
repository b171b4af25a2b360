import { useMutation } from "@tanstack/react-query";
import { SendHorizontal } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import { useDraft } from "@/lib/drafts";
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
  onSend: (text: string) => Promise<unknown>;
}

/** A field to write a message in. What is typed survives closing and reloading; it is gone only when it was sent. */
export function Composer({ draftKey, label, placeholder, action, reason, onSend }: ComposerProps) {
  const [text, setText] = useDraft(draftKey);
  const field = useRef<HTMLTextAreaElement>(null);
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
  function onKeyDown(event: KeyboardEvent) {
    // While an input method composes a character, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="flex items-end gap-2">
        <textarea
          ref={field}
          aria-label={label}
          placeholder={reason ?? placeholder}
          disabled={Boolean(reason)}
          rows={1}
          className="field field-sizing-content max-h-48 min-h-9 resize-none max-md:min-h-11"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
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
        Enter sends, Shift+Enter starts a new line. Markdown works.
      </p>
    </form>
  );
}
