import type { Agent, Webhook } from "@/api/types";
import { RowForm } from "@/components/RowForm";
import { Dialog } from "@/components/ui/Dialog";
import { notifySuccess } from "@/lib/notify";
import { useRowForm } from "@/lib/rebase";
import { formOf, problemsOf, webhookChanges } from "./form";
import { useUpdateWebhook } from "./mutations";
import { WebhookFields } from "./WebhookFields";

interface EditWebhookDialogProps {
  webhook: Webhook;
  agents: Agent[];
  open: boolean;
  onClose: () => void;
}

/** Changes instruction, recipient and secret of a webhook. */
export function EditWebhookDialog({ open, onClose, ...rest }: EditWebhookDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Edit webhook">
      <EditForm {...rest} onClose={onClose} />
    </Dialog>
  );
}

function EditForm({ webhook, agents, onClose }: Omit<EditWebhookDialogProps, "open">) {
  const update = useUpdateWebhook(webhook.board_id, webhook.id);
  const { form, setForm, base, ...row } = useRowForm(webhook, formOf);
  const changes = webhookChanges(form, base);
  return (
    <RowForm
      row={{ ...row, changes }}
      problems={problemsOf(form)}
      save={update}
      reason={null}
      onCancel={onClose}
      onSave={() =>
        update.mutate(changes, {
          onSuccess() {
            onClose();
            notifySuccess("Webhook saved");
          },
        })
      }
    >
      {(shown, refused) => (
        <>
          <WebhookFields
            form={form}
            agents={agents}
            hasSecret={webhook.has_secret}
            problems={shown}
            refused={refused}
            onChange={setForm}
          />
          {changes.secret !== undefined && webhook.has_secret && (
            <p className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
              {changes.secret === null
                ? "Without a secret the server accepts calls from anybody who knows the address."
                : "Senders that still sign with the old secret are refused from now on."}
            </p>
          )}
        </>
      )}
    </RowForm>
  );
}
