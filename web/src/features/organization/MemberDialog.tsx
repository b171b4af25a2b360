import { useQuery } from "@tanstack/react-query";
import { Check, CircleAlert } from "lucide-react";
import { useState } from "react";
import { messageOf } from "@/api/errors";
import { memberQuery } from "@/api/queries/organization";
import type { Member } from "@/api/types";
import { DialogForm } from "@/components/DialogForm";
import { ErrorState } from "@/components/ErrorState";
import { ListSkeleton } from "@/components/Skeletons";
import { Dialog } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";
import { Select } from "@/components/ui/Select";
import { notifySuccess } from "@/lib/notify";
import { AccessFields } from "./AccessFields";
import { accessProblem, fromAccessForm, sameAccess, toAccessForm } from "./access";
import { useChangeRole, useSetAccess } from "./mutations";
import { memberName, ROLES, roleReason } from "./rules";

interface MemberDialogProps {
  /** The membership that is open; none closes the dialog. */
  memberId: string | null;
  own: Member;
  owners: number;
  /** Why nothing can be changed; `null` when it can. */
  reason: string | null;
  onClose: () => void;
}

/** Role and rights of one member. */
export function MemberDialog({ memberId, own, owners, reason, onClose }: MemberDialogProps) {
  const query = useQuery({ ...memberQuery(memberId ?? ""), enabled: memberId !== null });
  const member = query.data;
  return (
    <Dialog
      open={memberId !== null}
      onClose={onClose}
      title={member ? memberName(member) : "Member"}
      description={member?.user?.email}
    >
      {query.error && !member ? (
        <ErrorState error={query.error} title="The member could not be loaded" onRetry={() => void query.refetch()} />
      ) : member ? (
        <MemberForm key={member.id} member={member} own={own} owners={owners} reason={reason} onClose={onClose} />
      ) : (
        <ListSkeleton rows={3} label="Loading the member" />
      )}
    </Dialog>
  );
}

function MemberForm({
  member,
  own,
  owners,
  reason,
  onClose,
}: Omit<MemberDialogProps, "memberId"> & { member: Member }) {
  const before = toAccessForm(member);
  const [role, setRole] = useState(member.role);
  const [access, setAccess] = useState(before);
  const changeRole = useChangeRole(member.id);
  const setRights = useSetAccess(member.id);
  const busy = changeRole.isPending || setRights.isPending;
  const roleChanges = role !== member.role;
  const accessChanges = !sameAccess(access, before);
  const problem = accessProblem(access);

  // The server takes two calls. The second is made even if the first was refused, and each says how it went.
  async function save() {
    changeRole.reset();
    setRights.reset();
    const results = [
      roleChanges ? await settled(changeRole.mutateAsync(role)) : true,
      accessChanges ? await settled(setRights.mutateAsync(fromAccessForm(access))) : true,
    ];
    if (results.every(Boolean)) {
      notifySuccess(`Saved “${memberName(member)}”`);
      onClose();
    }
  }

  return (
    <DialogForm
      problems={accessChanges && problem ? { access: problem } : {}}
      save={{ isPending: busy, error: null }}
      submit={reason ? null : "Save changes"}
      reason={roleChanges || accessChanges ? null : "Nothing has been changed."}
      cancel={reason ? "Close" : "Cancel"}
      onCancel={onClose}
      onSave={() => void save()}
    >
      {(shown: { access?: string }) => (
        <>
          {reason && <p className="rounded-md bg-sunken px-3 py-2 text-sm text-ink-2">{reason}</p>}
          <Field label="Role">
            {(props) => (
              <Select
                {...props}
                className="w-full"
                disabled={Boolean(reason) || busy}
                value={role}
                options={ROLES.map((option) => {
                  const refusal = roleReason(own, member, option.value, owners);
                  return { ...option, disabled: refusal !== null, note: refusal ?? option.note };
                })}
                onChange={setRole}
              />
            )}
          </Field>
          {own.id === member.id && role !== member.role && (
            <p className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
              This is your own role. Once you have given it up, somebody else has to give it back.
            </p>
          )}
          <AccessFields
            form={access}
            disabled={Boolean(reason) || busy}
            problem={shown.access ?? null}
            onChange={setAccess}
          />
          <Step title="Role" state={changeRole} />
          <Step title="Access to boards" state={setRights} />
        </>
      )}
    </DialogForm>
  );
}

/** How one of the two steps went, once it was tried. */
function Step({ title, state }: { title: string; state: { isSuccess: boolean; error: unknown } }) {
  if (state.error) {
    return (
      <p role="alert" className="flex gap-2 rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
        <CircleAlert size={16} className="mt-0.5 shrink-0" aria-hidden="true" />
        <span>
          <strong className="font-semibold">{title} was not saved.</strong> {messageOf(state.error)}
        </span>
      </p>
    );
  }
  if (!state.isSuccess) return null;
  return (
    <p role="status" className="flex gap-2 rounded-md bg-ok-soft px-3 py-2 text-sm text-ok">
      <Check size={16} className="mt-0.5 shrink-0" aria-hidden="true" />
      {title} was saved.
    </p>
  );
}

async function settled(step: Promise<unknown>): Promise<boolean> {
  try {
    await step;
    return true;
  } catch {
    // The mutation keeps the error, and the dialog shows it.
    return false;
  }
}
