import { useNavigate } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { useState } from "react";
import type { Agent, Webhook } from "@/api/types";
import { Code } from "@/components/Code";
import { DialogForm } from "@/components/DialogForm";
import { Shown } from "@/components/Shown";
import { Button } from "@/components/ui/Button";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { endpointOf } from "./describe";
import { problemsOf } from "./form";
import { useCreateWebhook } from "./mutations";
import { curlCommand, generateSecret } from "./secret";
import { LEAD, WebhookFields, type WebhookForm } from "./WebhookFields";

interface CreateWebhookDialogProps {
  boardId: string;
  agents: Agent[];
  open: boolean;
  onClose: () => void;
}

/** Creates a webhook, then shows address, secret and a command to try it; the secret only this once. */
export function CreateWebhookDialog({ open, onClose, ...rest }: CreateWebhookDialogProps) {
  const [created, setCreated] = useState<{ webhook: Webhook; secret: string | null } | null>(null);
  const close = () => {
    setCreated(null);
    onClose();
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title={created ? "The webhook is ready" : "New webhook"}
      description={
        created ? "Enter address and secret at the service that is to send." : "An address that other services call."
      }
    >
      {created ? (
        <Created {...created} onClose={close} />
      ) : (
        <CreateForm {...rest} onCreated={(webhook, secret) => setCreated({ webhook, secret })} onClose={close} />
      )}
    </Dialog>
  );
}

interface CreateFormProps {
  boardId: string;
  agents: Agent[];
  onCreated: (webhook: Webhook, secret: string | null) => void;
  onClose: () => void;
}

function CreateForm({ boardId, agents, onCreated, onClose }: CreateFormProps) {
  const create = useCreateWebhook(boardId);
  const [form, setForm] = useState<WebhookForm>(() => ({
    description: "",
    recipient: LEAD,
    secretChoice: "generate",
    secret: generateSecret(),
    signatureHeader: "",
  }));
  return (
    <DialogForm
      problems={problemsOf(form)}
      save={create}
      submit={create.isPending ? "Creating…" : "Create webhook"}
      onCancel={onClose}
      onSave={() => {
        const secret = form.secretChoice === "none" ? null : form.secret.trim();
        create.mutate(
          {
            description: form.description.trim(),
            agent_id: form.recipient === LEAD ? null : form.recipient,
            enabled: true,
            secret,
            signature_header: secret === null ? null : form.signatureHeader.trim() || null,
          },
          { onSuccess: (webhook) => onCreated(webhook, secret) },
        );
      }}
    >
      {(shown, refused) => (
        <WebhookFields
          form={form}
          agents={agents}
          hasSecret={false}
          problems={shown}
          refused={refused}
          onChange={setForm}
        />
      )}
    </DialogForm>
  );
}

function Created({ webhook, secret, onClose }: { webhook: Webhook; secret: string | null; onClose: () => void }) {
  const navigate = useNavigate();
  const url = endpointOf(webhook);
  return (
    <div className="space-y-4">
      <Shown label="Address" text={url} />
      {secret !== null && (
        <>
          <Shown label="Secret" text={secret} testId="secret" />
          <p className="text-sm text-warn">This is the last time that the secret is shown.</p>
        </>
      )}
      <div>
        <p className="mb-1 text-sm font-medium">Try it</p>
        <Code
          label="Example command"
          text={curlCommand({
            url,
            signed: secret !== null,
            signatureHeader: webhook.signature_header ?? null,
            secret,
          })}
        />
      </div>
      <DialogActions>
        <Button
          onClick={() =>
            void navigate({
              to: "/boards/$boardId/webhooks/$webhookId",
              params: { boardId: webhook.board_id, webhookId: webhook.id },
            })
          }
        >
          Watch what arrives
        </Button>
        <Button variant="primary" icon={<Check size={15} />} onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </div>
  );
}
