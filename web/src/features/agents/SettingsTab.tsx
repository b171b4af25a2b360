import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import { boardsQuery } from "@/api/queries/boards";
import type { Agent } from "@/api/types";
import { FormError } from "@/components/ErrorState";
import { Panel } from "@/components/Panel";
import { Button } from "@/components/ui/Button";
import { Checkbox } from "@/components/ui/Checkbox";
import { Combobox } from "@/components/ui/Combobox";
import { Field } from "@/components/ui/Field";
import { Select } from "@/components/ui/Select";
import { Switch } from "@/components/ui/Switch";
import { TextAreaField, TextField } from "@/components/ui/TextField";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { notifySuccess } from "@/lib/notify";
import { fromDateField, toDateField } from "@/lib/time";
import { useUpdateAgent } from "./mutations";
import { changesOf, formOf, WAKE_OPTIONS } from "./profile";
import { RoleSoulPanel } from "./RoleSoulPanel";
import { SignField } from "./SignField";
import { TokenDialog } from "./TokenDialog";

/** What an agent is like, who wakes it, its texts and its token. */
export function SettingsTab({ agent }: { agent: Agent }) {
  const admin = useOrganizationAdmin();
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const update = useUpdateAgent();
  // What was there when editing began; a change by somebody else meanwhile is refused, not overwritten.
  const [base, setBase] = useState(agent);
  const before = formOf(base, toDateField);
  const [form, setForm] = useState(before);
  const [force, setForce] = useState(false);
  const [token, setToken] = useState(false);
  const change = changesOf(base, before, form, fromDateField);
  const isDirty = Object.keys(change).length > 0;
  const isStale = base.updated_at !== agent.updated_at && !update.isPending;
  const refused = update.error instanceof ApiError ? update.error : null;
  const put = (next: Partial<typeof form>) => setForm({ ...form, ...next });
  const start = (from: Agent) => {
    setBase(from);
    setForm(formOf(from, toDateField));
    update.reset();
  };
  if (isStale && !isDirty) start(agent);
  const unsaid = isDirty || force ? null : "Nothing has been changed.";
  return (
    <div className="space-y-4">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!form.name.trim() || unsaid || admin.reason || update.isPending) return;
          update.mutate(
            { agent: base, change, force },
            {
              onSuccess(saved) {
                start(saved);
                setForce(false);
                notifySuccess(`Saved “${saved.name}”`);
              },
            },
          );
        }}
      >
        <Panel title="Identity">
          <div className="grid grid-cols-2 gap-4 max-md:grid-cols-1">
            <TextField
              label="Name"
              required
              error={form.name.trim() ? refused?.field("name") : "Give the agent a name."}
              value={form.name}
              onChange={(name) => put({ name })}
            />
            <TextField
              label="Role"
              error={refused?.field("identity_profile")}
              value={form.role}
              onChange={(role) => put({ role })}
            />
            <TextField label="Communication style" value={form.style} onChange={(style) => put({ style })} />
            <SignField value={form.emoji} onChange={(emoji) => put({ emoji })} />
          </div>
        </Panel>
        <Panel title="Place">
          <div className="space-y-4">
            {base.gateway_id && (
              <Switch
                label="Main agent of its gateway"
                description="It has no board, answers for the whole gateway, and passes messages on to leads. A gateway has one."
                checked={form.main}
                onChange={(main) => put({ main, board: main ? null : form.board })}
              />
            )}
            {!form.main && (
              <>
                <Field
                  label="Board"
                  required
                  hint={
                    form.board !== before.board
                      ? "It leaves its tasks behind; what it had on its former gateway is removed there."
                      : null
                  }
                  error={refused?.field("board_id")}
                >
                  {({ id, "aria-describedby": describedBy }) => (
                    <Combobox
                      id={id}
                      aria-describedby={describedBy}
                      value={form.board}
                      options={boards.map((board) => ({ value: board.id, label: board.name }))}
                      onChange={(board) => put({ board })}
                      className="w-full max-w-md"
                    />
                  )}
                </Field>
                <Switch
                  label="Leads the board"
                  description="A lead hands out the tasks, reviews what comes back, and is told of every event. A board has one."
                  checked={form.lead}
                  onChange={(lead) => put({ lead })}
                />
              </>
            )}
          </div>
        </Panel>
        <Panel title="Rhythm">
          <div className="grid grid-cols-2 gap-4 max-md:grid-cols-1">
            {base.gateway_id && (
              <Field label="Woken" hint={WAKE_OPTIONS.find((option) => option.value === form.wake)?.note}>
                {({ id, "aria-describedby": describedBy }) => (
                  <Select
                    id={id}
                    aria-describedby={describedBy}
                    value={form.wake}
                    options={WAKE_OPTIONS}
                    onChange={(wake) => put({ wake })}
                    className="w-full"
                  />
                )}
              </Field>
            )}
            <TextField
              label={base.gateway_id ? "At most every" : "Calls every"}
              hint="A number and a unit: 1m to 24h, or 0m for never."
              error={refused?.field("heartbeat_config.every")}
              placeholder="10m"
              value={form.every}
              onChange={(every) => put({ every })}
            />
          </div>
        </Panel>
        <Panel title="Texts of your own" note="in place of the server's">
          <div className="space-y-4">
            <Template
              label="Identity"
              file="IDENTITY.md"
              value={form.identity}
              error={refused?.field("identity_template")}
              onChange={(identity) => put({ identity })}
            />
            <Template
              label="Soul"
              file="SOUL.md"
              value={form.soul}
              error={refused?.field("soul_template")}
              onChange={(soul) => put({ soul })}
            />
          </div>
        </Panel>
        <Panel title="Token">
          <div className="flex flex-wrap items-end gap-4">
            <TextField
              label="Ends on"
              hint="Blank: never. From then on its tokens are refused."
              error={refused?.field("token_expires_at")}
              inputClassName="w-48"
              type="date"
              value={form.expires}
              onChange={(expires) => put({ expires })}
            />
            <Button icon={<KeyRound size={14} />} reason={admin.reason} onClick={() => setToken(true)} className="mb-5">
              New token or revoke…
            </Button>
          </div>
        </Panel>
        {isStale && isDirty && (
          <p role="status" className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
            The agent was changed by somebody else meanwhile.{" "}
            <button type="button" className="font-medium underline" onClick={() => start(agent)}>
              Show what is there now
            </button>{" "}
            (what you typed goes).
          </p>
        )}
        <FormError error={update.error} />
        <div className="flex flex-wrap items-center justify-between gap-3 rounded-xl border border-line bg-surface px-4 py-3 shadow-card">
          {base.gateway_id ? (
            <Checkbox
              label="Bring its gateway up to date in any case"
              description="Not needed for changes: they are brought there by themselves."
              checked={force}
              onChange={setForce}
            />
          ) : (
            <span />
          )}
          <div className="ml-auto flex gap-2">
            <Button onClick={() => start(agent)} reason={isDirty ? null : "Nothing has been changed."}>
              Reset
            </Button>
            <Button type="submit" variant="primary" reason={admin.reason ?? unsaid} busy={update.isPending}>
              {update.isPending ? "Saving…" : "Save changes"}
            </Button>
          </div>
        </div>
      </form>
      {!agent.is_board_lead && !agent.is_gateway_main && agent.gateway_id && <RoleSoulPanel agent={agent} />}
      <TokenDialog agent={agent} open={token} onClose={() => setToken(false)} />
    </div>
  );
}

interface TemplateProps {
  label: string;
  file: string;
  value: string;
  error: string | undefined;
  onChange: (text: string) => void;
}

function Template({ label, file, value, error, onChange }: TemplateProps) {
  return (
    <TextAreaField
      label={label}
      hint={`Markdown for ${file}, at most 100,000 characters. Places such as {{ agent_name }} are filled in; blank means the server's text.`}
      error={error}
      mono
      rows={value ? 8 : 3}
      value={value}
      onChange={onChange}
    />
  );
}
