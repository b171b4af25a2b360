import { Stethoscope } from "lucide-react";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import { FormError } from "@/components/ErrorState";
import { Button } from "@/components/ui/Button";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";
import { Switch } from "@/components/ui/Switch";
import { Doctor } from "./Doctor";
import { useCreateGateway, useExamine } from "./mutations";

/** Asks where a gateway is, tries the way there, and adds it. */
export function AddGatewayDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Add a gateway" description="An OpenClaw gateway that you run.">
      <AddGatewayForm onClose={onClose} />
    </Dialog>
  );
}

function AddGatewayForm({ onClose }: { onClose: () => void }) {
  const examine = useExamine();
  const create = useCreateGateway();
  const [name, setName] = useState("");
  const [url, setUrl] = useState("ws://127.0.0.1:18789");
  const [token, setToken] = useState("");
  const [root, setRoot] = useState("~/.openclaw");
  const [insecure, setInsecure] = useState(false);
  const [tried, setTried] = useState(false);
  const refused = create.error ?? examine.error;
  const field = (field: string) => (refused instanceof ApiError ? refused.field(field) : undefined);
  const missing = (text: string, message: string) => (tried && !text.trim() ? message : null);
  const address = {
    url: url.trim(),
    ...(token.trim() ? { token: token.trim() } : {}),
    allow_insecure_tls: insecure,
    disable_device_pairing: false,
  };
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!name.trim() || !url.trim() || !root.trim() || create.isPending) return;
        create.mutate(
          { ...address, name: name.trim(), workspace_root: root.trim() },
          // Where it breaks is worth more than that it does.
          { onSuccess: onClose, onError: () => examine.mutate(address) },
        );
      }}
    >
      <Field label="Name" required error={missing(name, "Give the gateway a name.") ?? field("name")}>
        {(props) => (
          <input {...props} className="field" value={name} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <Field
        label="Address"
        required
        hint="With the port, as this server reaches it: ws:// or wss://."
        error={missing(url, "Say where the gateway listens.") ?? field("url")}
      >
        {(props) => (
          <input
            {...props}
            className="field font-mono"
            autoComplete="off"
            spellCheck={false}
            value={url}
            onChange={(event) => setUrl(event.target.value)}
          />
        )}
      </Field>
      <Field
        label="Token"
        hint="gateway.auth.token in the gateway's openclaw.json. It is kept sealed and never shown again."
        error={field("token")}
      >
        {(props) => (
          <input
            {...props}
            type="password"
            className="field font-mono"
            autoComplete="off"
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
        )}
      </Field>
      <Field
        label="Folder of workspaces"
        required
        hint="On the gateway's machine; each agent gets a folder in it."
        error={missing(root, "Name a folder on the gateway's machine.") ?? field("workspace_root")}
      >
        {(props) => (
          <input
            {...props}
            className="field font-mono"
            value={root}
            onChange={(event) => setRoot(event.target.value)}
          />
        )}
      </Field>
      {url.startsWith("wss:") && (
        <Switch
          label="Accept any certificate"
          description="Only for a network that you trust: somebody in between could read the token."
          checked={insecure}
          onChange={setInsecure}
        />
      )}
      {examine.data && <Doctor report={examine.data} />}
      <FormError error={refused} />
      <DialogActions>
        <Button
          icon={<Stethoscope size={14} />}
          className="mr-auto"
          busy={examine.isPending}
          disabled={!url.trim()}
          onClick={() => examine.mutate(address)}
        >
          {examine.isPending ? "Trying…" : "Try the way"}
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={create.isPending}>
          {create.isPending ? "Adding…" : "Add gateway"}
        </Button>
      </DialogActions>
    </form>
  );
}
