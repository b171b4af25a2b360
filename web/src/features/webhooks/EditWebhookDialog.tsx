import { useState } from "react";
import { ApiError } from "@/api/errors";
import type { Agent, Webhook } from "@/api/types";
import { FormError } from "@/components/ErrorState";
import { Button } from "@/components/ui/Button";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { notifySuccess } from "@/lib/notify";
import { formOf, problemsOf, webhookChanges } from "./form";
import { useUpdateWebhook } from "./mutations";
import { WebhookFields, type WebhookForm } from "./WebhookFields";

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
  const [form, setForm] = useState<WebhookForm>(() => formOf(webhook));
  const [tried, setTried] = useState(false);
  const problems = problemsOf(form);
  const changes = webhookChanges(form, webhook);
  const dirty = Object.keys(changes).length > 0;
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!dirty || Object.values(problems).some(Boolean) || update.isPending) return;
        update.mutate(changes, {
          onSuccess() {
            onClose();
            notifySuccess("Webhook saved");
          },
        });
      }}
    >
      <WebhookFields
        form={form}
        agents={agents}
        hasSecret={webhook.has_secret}
        problems={tried ? problems : {}}
        refused={update.error instanceof ApiError ? update.error : null}
        onChange={setForm}
      />
      {changes.secret !== undefined && webhook.has_secret && (
        <p className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          {changes.secret === null
            ? "Without a secret the server accepts calls from anybody who knows the address."
            : "Senders that still sign with the old secret are refused from now on."}
        </p>
      )}
      <FormError error={update.error} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          variant="primary"
          busy={update.isPending}
          reason={dirty ? null : "Nothing has been changed."}
        >
          Save changes
        </Button>
      </DialogActions>
    </form>
  );
}
