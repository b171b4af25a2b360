import { SendHorizontal } from "lucide-react";
import { type FormEvent, useState } from "react";
import { FormError } from "@/components/ErrorState";
import { Button } from "@/components/ui/Button";
import { Checkbox } from "@/components/ui/Checkbox";
import { Field } from "@/components/ui/Field";
import { clearDraft, useDraft } from "@/lib/drafts";
import { useAnswer } from "./mutations";
import type { InterviewQuestion } from "./transcript";

interface QuestionFormProps {
  boardId: string;
  question: InterviewQuestion;
  /** Why nothing can be answered. */
  reason: string | null;
}

/** Answers to choose from, any number of them, and room for one's own words with every question. */
export function QuestionForm({ boardId, question, reason }: QuestionFormProps) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const labels = question.options.filter((option) => chosen.has(option.id)).map((option) => option.label);
  return (
    <AnswerForm boardId={boardId} reason={reason} answer={labels.join(", ")} label="In your own words">
      {question.options.length > 0 && (
        <fieldset>
          <legend className="mb-2 font-medium">Choose what fits</legend>
          <div className="grid grid-cols-1 gap-1.5 sm:grid-cols-2">
            {question.options.map((option) => (
              <div
                key={option.id}
                className="rounded-lg border border-line px-3 py-2 hover:bg-hover has-data-checked:border-accent has-data-checked:bg-accent-soft"
              >
                <Checkbox
                  label={option.label}
                  checked={chosen.has(option.id)}
                  reason={reason}
                  onChange={(on) => {
                    const next = new Set(chosen);
                    if (on) next.add(option.id);
                    else next.delete(option.id);
                    setChosen(next);
                  }}
                />
              </div>
            ))}
          </div>
        </fieldset>
      )}
    </AnswerForm>
  );
}

/** An answer in one's own words alone. */
export function ReplyForm({ boardId, reason, about }: { boardId: string; reason: string | null; about: string }) {
  return (
    <AnswerForm boardId={boardId} reason={reason} answer="" label="Your answer">
      <p className="text-ink-2">{about}</p>
    </AnswerForm>
  );
}

function AnswerForm({
  boardId,
  reason,
  answer,
  label,
  children,
}: {
  boardId: string;
  reason: string | null;
  /** What was chosen. */
  answer: string;
  label: string;
  children: React.ReactNode;
}) {
  const draft = `interview.${boardId}`;
  const [words, setWords] = useDraft(draft);
  const send = useAnswer(boardId);
  const text = words.trim();
  const missing = answer || text ? null : "Choose an answer, or write one.";
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (missing || reason || send.isPending) return;
    const body = answer ? { answer, ...(text ? { other_text: text } : {}) } : { answer: text };
    send.mutate(body, { onSuccess: () => clearDraft(draft) });
  };
  return (
    <form onSubmit={submit} className="space-y-4 rounded-xl border border-line bg-surface p-4 shadow-card">
      {children}
      <Field label={label}>
        {(props) => (
          <textarea
            {...props}
            rows={2}
            className="field field-sizing-content max-h-60"
            disabled={Boolean(reason)}
            value={words}
            onChange={(event) => setWords(event.target.value)}
            onKeyDown={(event) => {
              // While an input method composes a character, Enter belongs to it.
              if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
              event.preventDefault();
              submit();
            }}
          />
        )}
      </Field>
      <FormError error={send.error} />
      <div className="flex justify-end">
        <Button
          type="submit"
          variant="primary"
          icon={<SendHorizontal size={15} />}
          busy={send.isPending}
          reason={reason ?? missing}
        >
          Answer
        </Button>
      </div>
    </form>
  );
}
