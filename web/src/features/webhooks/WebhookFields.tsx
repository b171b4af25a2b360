import { RefreshCw } from "lucide-react";
import type { ApiError } from "@/api/errors";
import type { Agent } from "@/api/types";
import { CopyButton } from "@/components/CopyButton";
import { Button } from "@/components/ui/Button";
import { Field } from "@/components/ui/Field";
import { Select } from "@/components/ui/Select";
import { TextAreaField, TextField } from "@/components/ui/TextField";
import { DEFAULT_SIGNATURE_HEADER, generateSecret } from "./secret";

/** The value of the recipient select that stands for the board's lead. */
export const LEAD = "lead";

/** What to do about the secret. */
export type SecretChoice = "keep" | "generate" | "own" | "none";

export interface WebhookForm {
  description: string;
  recipient: string;
  secretChoice: SecretChoice;
  secret: string;
  signatureHeader: string;
}

interface WebhookFieldsProps {
  form: WebhookForm;
  agents: Agent[];
  /** The webhook has a secret already, which can be kept. */
  hasSecret: boolean;
  problems: Partial<Record<"description" | "secret" | "signatureHeader", string | null>>;
  refused: ApiError | null;
  onChange: (form: WebhookForm) => void;
}

/** The fields that creating and editing a webhook share. */
export function WebhookFields({ form, agents, hasSecret, problems, refused, onChange }: WebhookFieldsProps) {
  const set = (part: Partial<WebhookForm>) => onChange({ ...form, ...part });
  const choices = [
    ...(hasSecret ? [{ value: "keep" as const, label: "Keep the present secret" }] : []),
    { value: "generate" as const, label: hasSecret ? "Generate a new one" : "Generate one (recommended)" },
    { value: "own" as const, label: "Enter my own" },
    { value: "none" as const, label: "None: anybody who knows the address can send" },
  ];
  return (
    <>
      <TextAreaField
        label="Instruction"
        required
        hint="What the agent should do with what arrives. For example: “Create a task for each failed build.”"
        error={problems.description ?? refused?.field("description")}
        rows={4}
        value={form.description}
        onChange={(description) => set({ description })}
      />
      <Field label="Recipient" error={refused?.field("agent_id")}>
        {(props) => (
          <Select
            {...props}
            value={form.recipient}
            options={[
              { value: LEAD, label: "The board's lead" },
              ...agents.map((agent) => ({ value: agent.id, label: agent.name })),
            ]}
            onChange={(recipient) => set({ recipient })}
            className="w-full"
          />
        )}
      </Field>
      <Field
        label="Secret"
        hint="Senders sign what they send with it; the server refuses what is not signed. GitHub calls it “Secret”."
      >
        {(props) => (
          <Select
            {...props}
            value={form.secretChoice}
            options={choices}
            onChange={(secretChoice) =>
              set({ secretChoice, secret: secretChoice === "generate" ? generateSecret() : "" })
            }
            className="w-full"
          />
        )}
      </Field>
      {form.secretChoice === "generate" && (
        <div className="rounded-lg border border-accent/40 bg-accent-soft p-3">
          <p className="mb-2 text-sm">Copy it now: once saved, the secret cannot be shown again.</p>
          <div className="flex items-center gap-2">
            <code data-testid="secret" className="min-w-0 flex-1 font-mono text-xs break-all select-all">
              {form.secret}
            </code>
            <CopyButton text={form.secret} label="Copy the secret">
              Copy
            </CopyButton>
            <Button
              size="sm"
              aria-label="Generate another"
              icon={<RefreshCw size={13} />}
              onClick={() => set({ secret: generateSecret() })}
            />
          </div>
        </div>
      )}
      {form.secretChoice === "own" && (
        <TextField
          label="Your secret"
          required
          error={problems.secret ?? refused?.field("secret")}
          mono
          type="password"
          autoComplete="new-password"
          value={form.secret}
          onChange={(secret) => set({ secret })}
        />
      )}
      {form.secretChoice !== "none" && (
        <TextField
          label="Signature header"
          hint={`Leave empty for ${DEFAULT_SIGNATURE_HEADER}, which GitHub uses, or X-Webhook-Signature.`}
          error={problems.signatureHeader ?? refused?.field("signature_header")}
          mono
          placeholder={DEFAULT_SIGNATURE_HEADER}
          value={form.signatureHeader}
          onChange={(signatureHeader) => set({ signatureHeader })}
        />
      )}
    </>
  );
}
