import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { ApiError } from "@/api/errors";
import type { InterviewDraft } from "@/api/types";
import { FormError } from "@/components/ErrorState";
import { Property, PropertyList } from "@/components/PropertyList";
import { Button } from "@/components/ui/Button";
import { Field } from "@/components/ui/Field";
import { type BoardType, BoardTypeChoice } from "@/features/boards/BoardTypeChoice";
import { notifySuccess } from "@/lib/notify";
import { problemsOf, toConfirm, toForm } from "./draft";
import { useAnswer, useConfirmDraft } from "./mutations";

interface DraftFormProps {
  boardId: string;
  draft: InterviewDraft;
  /** Grows with every message, so that a newer draft is noticed. */
  version: number;
  /** Why nothing can be accepted. */
  reason: string | null;
}

/** What the agent proposes, to be changed and accepted, or sent back with more to think about. */
export function DraftForm({ boardId, draft, version, reason }: DraftFormProps) {
  const navigate = useNavigate();
  const confirm = useConfirmDraft(boardId);
  const [base, setBase] = useState({ draft, version });
  const [form, setForm] = useState(() => toForm(draft));
  const [tried, setTried] = useState(false);
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const problems = problemsOf(form);
  const refused = confirm.error instanceof ApiError ? confirm.error : null;
  const invalid = Object.keys(problems).length > 0;
  const goal = form.boardType !== "general";
  const off = Boolean(reason);
  return (
    <form
      className="space-y-4 rounded-xl border border-accent bg-surface p-4 shadow-card"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (invalid || off || confirm.isPending) return;
        confirm.mutate(toConfirm(form), {
          onSuccess() {
            notifySuccess("The board has its goal");
            void navigate({ to: "/boards/$boardId", params: { boardId } });
          },
        });
      }}
    >
      <div>
        <h2 className="text-base font-semibold">The proposal</h2>
        <p className="text-ink-2">Change what you like; nothing holds before you accept it.</p>
      </div>
      {base.version !== version && (
        <div role="status" className="flex flex-wrap items-center gap-3 rounded-md bg-warn-soft px-3 py-2 text-warn">
          <p className="min-w-0 flex-1">The agent has made a new proposal. Yours is still in the fields.</p>
          <Button
            size="sm"
            onClick={() => {
              setBase({ draft, version });
              setForm(toForm(draft));
            }}
          >
            Load the new one
          </Button>
        </div>
      )}
      <BoardTypeChoice
        value={form.boardType as BoardType}
        disabled={off}
        onChange={(boardType) => set({ boardType })}
      />
      {goal && (
        <>
          <Field label="Objective" required error={(tried && problems.objective) || refused?.field("objective")}>
            {(props) => (
              <textarea
                {...props}
                className="field field-sizing-content min-h-16"
                disabled={off}
                value={form.objective}
                onChange={(event) => set({ objective: event.target.value })}
              />
            )}
          </Field>
          <Field
            label="Measures of success"
            required
            hint="One a line, such as “sign-ups: 500 a month”."
            error={(tried && problems.metrics) || refused?.field("success_metrics")}
          >
            {(props) => (
              <textarea
                {...props}
                className="field field-sizing-content min-h-16"
                disabled={off}
                value={form.metrics}
                onChange={(event) => set({ metrics: event.target.value })}
              />
            )}
          </Field>
          <Field label="Target date" error={refused?.field("target_date")}>
            {(props) => (
              <input
                {...props}
                type="date"
                className="field w-48!"
                disabled={off}
                value={form.targetDate}
                onChange={(event) => set({ targetDate: event.target.value })}
              />
            )}
          </Field>
        </>
      )}
      <Learned draft={draft} />
      <FormError error={confirm.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button type="submit" variant="primary" busy={confirm.isPending} reason={reason}>
          Accept
        </Button>
      </div>
      <MoreContext boardId={boardId} reason={reason} />
    </form>
  );
}

const LEVELS: Record<string, string> = {
  ask_first: "Asks first",
  balanced: "Balanced",
  autonomous: "Decides alone",
  concise: "Concise",
  detailed: "Detailed",
  bullets: "Bullet points",
  mixed: "Mixed",
  narrative: "Prose",
  asap: "At once",
  hourly: "Every hour",
  daily: "Every day",
  weekly: "Every week",
};

/** How the lead would be, and what the agent learned of the person; only empty fields of the profile are filled. */
function Learned({ draft }: { draft: InterviewDraft }) {
  const lead = draft.lead_agent;
  const user = draft.user_profile;
  const facts: [string, ReactNode][] = [
    ["Lead", lead?.name],
    ["Role", text(lead?.identity_profile?.role)],
    ["Tone", text(lead?.identity_profile?.communication_style)],
    ["Autonomy", level(lead?.autonomy_level)],
    ["Length", level(lead?.verbosity)],
    ["Form", level(lead?.output_format)],
    ["Reports", level(lead?.update_cadence)],
    ["Instructions", lead?.custom_instructions],
    ["You are called", user?.preferred_name],
    ["Pronouns", user?.pronouns],
    ["Time zone", user?.timezone],
    ["About you", user?.notes],
    ["Context", user?.context],
  ];
  const known = facts.filter(([, value]) => value);
  if (known.length === 0) return null;
  return (
    <section aria-label="Lead and you" className="rounded-lg bg-sunken px-4 py-3">
      <PropertyList>
        {known.map(([name, value]) => (
          <Property key={name} label={name}>
            {value}
          </Property>
        ))}
      </PropertyList>
      <p className="mt-2 text-xs text-ink-3">
        What you have written into your profile yourself stays as it is. To change the lead, tell the agent below.
      </p>
    </section>
  );
}

function level(value: string | null | undefined): string | null {
  return value ? (LEVELS[value] ?? value) : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value ? value : null;
}

/** Something that the agent should think about once more; it answers with a new proposal. */
function MoreContext({ boardId, reason }: { boardId: string; reason: string | null }) {
  const [words, setWords] = useState("");
  const send = useAnswer(boardId);
  const missing = words.trim() ? null : "Write first what it should consider.";
  return (
    <div className="border-t border-line pt-4">
      <Field label="Something is missing?" hint="The agent thinks again and makes a new proposal.">
        {(props) => (
          <textarea
            {...props}
            rows={2}
            className="field field-sizing-content max-h-48"
            disabled={Boolean(reason)}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        )}
      </Field>
      <FormError error={send.error} />
      <div className="mt-2 flex justify-end">
        <Button
          reason={reason ?? missing}
          busy={send.isPending}
          onClick={() => send.mutate({ answer: "Additional context", other_text: words.trim() })}
        >
          Tell the agent
        </Button>
      </div>
    </div>
  );
}
