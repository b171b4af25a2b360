import type { ApiError } from "@/api/errors";
import { Switch } from "@/components/ui/Switch";
import { TextField } from "@/components/ui/TextField";

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

type GatewayProblems = Partial<Record<"name" | "url" | "root", string>>;

/** What has to be put right before a gateway can be saved. */
export function gatewayProblems(values: GatewayValues): GatewayProblems {
  return {
    ...(values.name.trim() ? {} : { name: "Give the gateway a name." }),
    ...(values.url.trim() ? {} : { url: "Say where the gateway listens." }),
    ...(values.root.trim() ? {} : { root: "Name a folder on the gateway's machine." }),
  };
}

interface GatewayFieldsProps {
  values: GatewayValues;
  onChange: (next: Partial<GatewayValues>) => void;
  problems: GatewayProblems;
  refused: ApiError | null;
  /** Whether a token is stored; none for a gateway that is not. */
  hasToken?: boolean;
}

/** The fields of a gateway. The token can be typed but is never shown. */
export function GatewayFields({ values, onChange, problems, refused, hasToken }: GatewayFieldsProps) {
  return (
    <>
      <TextField
        label="Name"
        required
        error={problems.name ?? refused?.field("name")}
        value={values.name}
        onChange={(name) => onChange({ name })}
      />
      <TextField
        label="Address"
        required
        hint="With the port, as this server reaches it: ws:// or wss://."
        error={problems.url ?? refused?.field("url")}
        mono
        autoComplete="off"
        value={values.url}
        onChange={(url) => onChange({ url })}
      />
      <TextField
        label={hasToken ? "New token" : "Token"}
        hint={
          hasToken
            ? "One is stored, sealed. Type another to replace it; leave this blank to keep it."
            : "gateway.auth.token in the gateway's openclaw.json. It is kept sealed and never shown again."
        }
        error={refused?.field("token")}
        mono
        type="password"
        autoComplete="new-password"
        placeholder={hasToken ? "••••••••••••" : undefined}
        value={values.token}
        onChange={(token) => onChange({ token })}
      />
      <TextField
        label="Folder of workspaces"
        required
        hint="On the gateway's machine; each agent gets a folder in it."
        error={problems.root ?? refused?.field("workspace_root")}
        mono
        value={values.root}
        onChange={(root) => onChange({ root })}
      />
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
