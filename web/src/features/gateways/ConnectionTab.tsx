import { Stethoscope } from "lucide-react";
import { messageOf } from "@/api/errors";
import type { Gateway } from "@/api/types";
import { Panel } from "@/components/Panel";
import { Property, PropertyList } from "@/components/PropertyList";
import { RelativeTime } from "@/components/RelativeTime";
import { Button } from "@/components/ui/Button";
import { notifyError } from "@/lib/notify";
import { Doctor } from "./Doctor";
import { useExamineStored } from "./mutations";

/** The way to a gateway: how it stands, and where it breaks. */
export function ConnectionTab({ gateway }: { gateway: Gateway }) {
  const { connection } = gateway;
  const examine = useExamineStored();
  const examineNow = () =>
    examine.mutate(gateway.id, {
      onError: (error) => notifyError("The checks could not run", { description: messageOf(error) }),
    });
  return (
    <div className="space-y-4">
      {gateway.warnings.map((warning) => (
        <p key={warning} className="rounded-lg bg-warn-soft px-4 py-3 text-warn">
          {warning}
        </p>
      ))}
      <div className="grid grid-cols-2 items-start gap-4 max-lg:grid-cols-1">
        <Panel title="Connection">
          <PropertyList>
            <Property label="Address">
              <code className="font-mono text-xs break-all">{gateway.url}</code>
            </Property>
            <Property label="Last answered">
              {gateway.last_connected_at && <RelativeTime value={gateway.last_connected_at} />}
            </Property>
            <Property label="Failures">
              {connection.failures > 0 && `${connection.failures} since it was last online`}
            </Property>
            <Property label="OpenClaw">{connection.version ?? gateway.runtime_version}</Property>
            <Property label="Protocol">{connection.protocol}</Property>
            <Property label="Configuration">
              {connection.dialect === "entries" ? "by entry" : connection.dialect === "list" ? "as a list" : null}
            </Property>
            <Property label="Scopes">
              {connection.scopes && (
                <span className="flex flex-wrap gap-x-2 gap-y-1">
                  {connection.scopes.map((scope) => (
                    <code key={scope} className="font-mono text-xs">
                      {scope}
                    </code>
                  ))}
                </span>
              )}
            </Property>
            <Property label="Known there as">
              {connection.device_id && <code className="font-mono text-xs break-all">{connection.device_id}</code>}
            </Property>
            <Property label="Token">{gateway.has_token ? "stored, sealed" : "none"}</Property>
            <Property label="Workspaces">
              <code className="font-mono text-xs break-all">{gateway.workspace_root}</code>
            </Property>
          </PropertyList>
        </Panel>
        <Panel
          title="Doctor"
          action={
            <Button size="sm" icon={<Stethoscope size={14} />} busy={examine.isPending} onClick={examineNow}>
              {examine.isPending ? "Checking…" : "Run checks"}
            </Button>
          }
        >
          {examine.data ? (
            <Doctor report={examine.data} />
          ) : (
            <p className="text-ink-2">
              Checks DNS, TCP, TLS, the handshake and pairing on a connection of its own, and says what to fix.
            </p>
          )}
        </Panel>
      </div>
    </div>
  );
}
