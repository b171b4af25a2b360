import { ApiError } from "@/api/errors";
import { Field } from "@/components/ui/Field";
import { Switch } from "@/components/ui/Switch";

/** What is typed about a gateway. */
export interface GatewayValues {
  name: string;
  url: string;
  /** A new token; blank when none was typed. */
  token: string;
  root: string;
  insecure: boolean;
  unpaired: boolean;
  /** Whether the server lets agents run commands on the gateway's host. */
  exec: boolean;
}

interface GatewayFieldsProps {
  values: GatewayValues;
  onChange: (next: Partial<GatewayValues>) => void;
  /** Whether sending was tried, so that what is missing is pointed out. */
  tried: boolean;
  /** Why the server refused, if it did. */
  refusal: unknown;
  /** Whether a token is stored; none for a gateway that is not. */
  hasToken?: boolean;
}

/** The fields of a gateway. The token can be typed but is never shown. */
export function GatewayFields({ values, onChange, tried, refusal, hasToken }: GatewayFieldsProps) {
  const field = (name: string) => (refusal instanceof ApiError ? refusal.field(name) : undefined);
  const missing = (text: string, message: string) => (tried && !text.trim() ? message : null);
  return (
    <>
      <Field label="Name" required error={missing(values.name, "Give the gateway a name.") ?? field("name")}>
        {(props) => (
          <input
            {...props}
            className="field"
            value={values.name}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Address"
        required
        hint="With the port, as this server reaches it: ws:// or wss://."
        error={missing(values.url, "Say where the gateway listens.") ?? field("url")}
      >
        {(props) => (
          <input
            {...props}
            className="field font-mono"
            autoComplete="off"
            spellCheck={false}
            value={values.url}
            onChange={(event) => onChange({ url: event.target.value })}
          />
        )}
      </Field>
      <Field
        label={hasToken ? "New token" : "Token"}
        hint={
          hasToken
            ? "One is stored, sealed. Type another to replace it; leave this blank to keep it."
            : "gateway.auth.token in the gateway's openclaw.json. It is kept sealed and never shown again."
        }
        error={field("token")}
      >
        {(props) => (
          <input
            {...props}
            type="password"
            className="field font-mono"
            autoComplete="new-password"
            placeholder={hasToken ? "••••••••••••" : undefined}
            value={values.token}
            onChange={(event) => onChange({ token: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Folder of workspaces"
        required
        hint="On the gateway's machine; each agent gets a folder in it."
        error={missing(values.root, "Name a folder on the gateway's machine.") ?? field("workspace_root")}
      >
        {(props) => (
          <input
            {...props}
            className="field font-mono"
            value={values.root}
            onChange={(event) => onChange({ root: event.target.value })}
          />
        )}
      </Field>
      {(values.insecure || values.url.startsWith("wss:")) && (
        <Switch
          label="Accept any certificate"
          description="Only for a network that you trust: somebody in between could read the token."
          checked={values.insecure}
          onChange={(insecure) => onChange({ insecure })}
        />
      )}
      <Switch
        label="Sign in without a paired device"
        description="As the control UI does. Today's gateways refuse this; only for old ones that were set up so."
        checked={values.unpaired}
        onChange={(unpaired) => onChange({ unpaired })}
      />
      <Switch
        label="Let agents run commands on the gateway's host"
        description="Sets tools.exec.host of the gateway to “gateway” where it is not set. Without this the gateway decides."
        checked={values.exec}
        onChange={(exec) => onChange({ exec })}
      />
    </>
  );
}
