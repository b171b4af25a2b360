import { useState } from "react";
import type { Invite, Member, Role } from "@/api/types";
import { CopyButton } from "@/components/CopyButton";
import { DialogForm } from "@/components/DialogForm";
import { Button } from "@/components/ui/Button";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";
import { Select } from "@/components/ui/Select";
import { TextField } from "@/components/ui/TextField";
import { useFormDraft } from "@/lib/drafts";
import { useNow } from "@/lib/now";
import { parseTime, shortDate } from "@/lib/time";
import { AccessFields } from "./AccessFields";
import { accessProblem, fromAccessForm, READER } from "./access";
import { inviteLink } from "./inviteLink";
import { useInvite } from "./mutations";
import { inviteRoleReason, ROLES } from "./rules";

interface InviteDialogProps {
  own: Member;
  open: boolean;
  onClose: () => void;
}

/** Invites a person and shows the link to hand on. */
export function InviteDialog({ own, open, onClose }: InviteDialogProps) {
  const [made, setMade] = useState<Invite | null>(null);
  const close = () => {
    setMade(null);
    onClose();
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title={made ? "Pass this link on" : "Invite member"}
      description={
        made
          ? `Nothing was sent. Give the link to ${made.invited_email} yourself.`
          : "You get a link to hand on; the server sends no e-mail."
      }
    >
      {made ? <InviteReady invite={made} onDone={close} /> : <InviteForm own={own} onMade={setMade} onClose={close} />}
    </Dialog>
  );
}

const looksLikeEmail = (text: string) => /^[^\s@]+@[^\s@]+$/.test(text.trim());

function InviteForm({ own, onMade, onClose }: { own: Member; onMade: (invite: Invite) => void; onClose: () => void }) {
  const [form, setForm, forget] = useFormDraft(`invite.${own.organization_id}`, {
    email: "",
    role: "member" as Role,
    access: READER,
  });
  const invite = useInvite();
  const access = accessProblem(form.access);
  const problems = {
    ...(looksLikeEmail(form.email) ? {} : { email: "Enter an e-mail address, such as ada@example.org." }),
    ...(access ? { access } : {}),
  };
  return (
    <DialogForm
      problems={problems}
      save={invite}
      submit="Create invite link"
      onCancel={onClose}
      onSave={() => {
        const body = { invited_email: form.email.trim(), role: form.role, ...fromAccessForm(form.access) };
        invite.mutate(body, {
          onSuccess(made) {
            forget();
            onMade(made);
          },
        });
      }}
    >
      {(shown: { email?: string; access?: string }, refused) => (
        <>
          <TextField
            label="E-mail address"
            required
            hint="Only somebody who signs in with this address can accept."
            error={shown.email || refused?.field("invited_email")}
            type="email"
            autoComplete="off"
            value={form.email}
            onChange={(email) => setForm({ ...form, email })}
          />
          <Field label="Role" error={refused?.field("role")}>
            {(props) => (
              <Select
                {...props}
                className="w-full"
                value={form.role}
                options={ROLES.map((role) => {
                  const reason = inviteRoleReason(own.role, role.value);
                  return { ...role, disabled: reason !== null, note: reason ?? role.note };
                })}
                onChange={(role) => setForm({ ...form, role })}
              />
            )}
          </Field>
          <AccessFields
            form={form.access}
            problem={shown.access || refused?.field("board_access")}
            onChange={(access) => setForm({ ...form, access })}
          />
        </>
      )}
    </DialogForm>
  );
}

function InviteReady({ invite, onDone }: { invite: Invite; onDone: () => void }) {
  const now = useNow();
  const link = inviteLink(invite.token, location.origin);
  return (
    <>
      <div className="flex items-center gap-2 rounded-lg border border-accent/40 bg-accent-soft p-3">
        <code data-testid="invite-link" className="min-w-0 flex-1 font-mono text-xs break-all select-all">
          {link}
        </code>
        <CopyButton text={link} label="Copy the link">
          Copy
        </CopyButton>
      </div>
      <p className="mt-3 text-sm text-ink-2">
        It works once, until {shortDate(parseTime(invite.expires_at), now)}. Whoever holds it can try to accept, so hand
        it on as you would a password. You find it again under “Invites”.
      </p>
      <DialogActions>
        <Button variant="primary" onClick={onDone}>
          Done
        </Button>
      </DialogActions>
    </>
  );
}
