import { useState } from "react";
import { ApiError } from "@/api/errors";
import type { Gateway, GatewayUpdate } from "@/api/types";
import { FormError } from "@/components/ErrorState";
import { Panel } from "@/components/Panel";
import { Button } from "@/components/ui/Button";
import { Checkbox } from "@/components/ui/Checkbox";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { notifyInfo, notifySuccess } from "@/lib/notify";
import { GatewayFields, type GatewayValues, gatewayProblems } from "./GatewayFields";
import { useReconnect, useUpdateGateway } from "./mutations";

function valuesOf(gateway: Gateway): GatewayValues {
  return {
    name: gateway.name,
    url: gateway.url,
    token: "",
    root: gateway.workspace_root,
    insecure: gateway.allow_insecure_tls ?? false,
    unpaired: gateway.disable_device_pairing ?? false,
    exec: gateway.manage_exec_host,
  };
}

/** What of a gateway is different in the form: only that is sent, and the token only when one was typed. */
export function gatewayChanges(gateway: Gateway, values: GatewayValues, clearToken: boolean): GatewayUpdate {
  const before = valuesOf(gateway);
  return {
    ...(values.name.trim() !== before.name ? { name: values.name.trim() } : {}),
    ...(values.url.trim() !== before.url ? { url: values.url.trim() } : {}),
    ...(values.token.trim() ? { token: values.token.trim() } : {}),
    ...(clearToken && !values.token.trim() ? { clear_token: true } : {}),
    ...(values.root.trim() !== before.root ? { workspace_root: values.root.trim() } : {}),
    ...(values.insecure !== before.insecure ? { allow_insecure_tls: values.insecure } : {}),
    ...(values.unpaired !== before.unpaired ? { disable_device_pairing: values.unpaired } : {}),
    ...(values.exec !== before.exec ? { manage_exec_host: values.exec } : {}),
  } as GatewayUpdate;
}

/** Where a gateway is and how it is spoken to. It can be changed while it is away. */
export function GatewaySettingsTab({ gateway }: { gateway: Gateway }) {
  const admin = useOrganizationAdmin();
  const update = useUpdateGateway();
  const reconnect = useReconnect();
  // What was there when editing began; a change by somebody else meanwhile is refused, not overwritten.
  const [base, setBase] = useState(gateway);
  const [values, setValues] = useState(() => valuesOf(gateway));
  const [clearToken, setClearToken] = useState(false);
  const [tried, setTried] = useState(false);
  const change = gatewayChanges(base, values, clearToken);
  const problems = gatewayProblems(values);
  const isDirty = Object.keys(change).length > 0;
  const isAway = update.error instanceof ApiError && update.error.status === 502;
  const unsaid = isDirty ? null : "Nothing has been changed.";
  const start = (from: Gateway) => {
    setBase(from);
    setValues(valuesOf(from));
    setClearToken(false);
    setTried(false);
    update.reset();
  };
  if (base.updated_at !== gateway.updated_at && !isDirty && !update.isPending) start(gateway);
  function submit(check: boolean) {
    setTried(true);
    if (Object.keys(problems).length > 0) return;
    if (unsaid || admin.reason || update.isPending) return;
    update.mutate(
      { gateway: base, change, check },
      {
        onSuccess(saved) {
          start(saved);
          if (check) {
            notifySuccess(`Saved “${saved.name}”`);
          } else {
            notifyInfo(`Saved “${saved.name}” without trying it`, {
              description: "Its main agent is set up when the gateway can be reached.",
            });
            reconnect.mutate(saved.id);
          }
        },
      },
    );
  }
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit(true);
      }}
    >
      <Panel title="Gateway">
        <div className="max-w-xl space-y-4">
          <GatewayFields
            values={values}
            onChange={(next) => {
              setValues({ ...values, ...next });
              if (update.error) update.reset();
            }}
            problems={tried ? problems : {}}
            refused={update.error instanceof ApiError ? update.error : null}
            hasToken={base.has_token}
          />
          {base.has_token && (
            <Checkbox
              label="Remove the stored token"
              checked={clearToken}
              reason={values.token ? "A new token takes its place." : null}
              onChange={setClearToken}
            />
          )}
        </div>
      </Panel>
      <FormError error={update.error} />
      {isAway && (
        <div role="status" className="flex flex-wrap items-center gap-3 rounded-lg bg-warn-soft px-4 py-3 text-warn">
          <p className="min-w-0 flex-1 basis-60">
            The gateway did not answer under these settings. They can be saved as they are; the connection is tried on,
            and its main agent is set up when it can be reached.
          </p>
          <Button onClick={() => submit(false)} busy={update.isPending}>
            Save anyway
          </Button>
        </div>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={() => start(gateway)} reason={isDirty ? null : "Nothing has been changed."}>
          Reset
        </Button>
        <Button type="submit" variant="primary" reason={admin.reason ?? unsaid} busy={update.isPending}>
          {update.isPending ? "Asking the gateway…" : "Save changes"}
        </Button>
      </div>
    </form>
  );
}
