import { Link } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import { messageOf } from "@/api/errors";
import type { Gateway } from "@/api/types";
import { Shown } from "@/components/Shown";
import { Button } from "@/components/ui/Button";
import { cx } from "@/lib/cx";
import { notifyError } from "@/lib/notify";
import { connectionState, connectionTrouble } from "./describe";
import { useReconnect } from "./mutations";

const TONES: Record<string, string> = {
  accent: "bg-accent-soft text-accent-text",
  warn: "bg-warn-soft text-warn",
  danger: "bg-danger-soft text-danger",
};

interface ConnectionNoticeProps {
  gateway: Gateway;
  /** Whether the gateway's settings are on screen already. */
  isInSettings: boolean;
}

/** What is wrong with the way to a gateway and the one thing to do; nothing while it is online. */
export function ConnectionNotice({ gateway, isInSettings }: ConnectionNoticeProps) {
  const { connection } = gateway;
  const reconnect = useReconnect();
  const trouble = connectionTrouble(connection);
  if (!trouble) return null;
  const connectNow = () =>
    reconnect.mutate(gateway.id, {
      onError: (error) => notifyError(`${gateway.name} is still away`, { description: messageOf(error) }),
    });
  return (
    <div
      role="status"
      className={cx("rounded-lg p-4", TONES[connectionState(connection).tone] ?? "bg-sunken text-ink-2")}
    >
      <div className="flex items-start justify-between gap-4 max-md:flex-col max-md:gap-3">
        <div className="min-w-0 space-y-1">
          <p className="font-medium">{trouble.title}</p>
          <p className="text-sm text-ink">
            {trouble.advice}
            {trouble.inSettings && !isInSettings && (
              <>
                {" "}
                <Link
                  to="/gateways/$gatewayId"
                  params={{ gatewayId: gateway.id }}
                  search={{ tab: "settings" }}
                  className="font-medium underline"
                >
                  Open its settings
                </Link>
              </>
            )}
          </p>
        </div>
        <Button size="sm" icon={<RotateCw size={14} />} busy={reconnect.isPending} onClick={connectNow}>
          {reconnect.isPending ? "Connecting…" : "Connect now"}
        </Button>
      </div>
      {connection.pairing && (
        <div className="mt-3 text-ink">
          <Shown label="Command" text={connection.pairing.command} />
        </div>
      )}
      {connection.error && !connection.pairing && (
        <p className="mt-2 font-mono text-xs break-words text-ink-2">{connection.error}</p>
      )}
    </div>
  );
}
