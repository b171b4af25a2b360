import { ExternalLink, LoaderCircle } from "lucide-react";
import { useState } from "react";
import type { Gateway, SkillCard } from "@/api/types";
import { Badge } from "@/components/Badge";
import { FormError } from "@/components/ErrorState";
import { Property, PropertyList } from "@/components/PropertyList";
import { RelativeTime } from "@/components/RelativeTime";
import { Button } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { notifySuccess } from "@/lib/notify";
import { riskTone, stateOf } from "./describe";
import { useAskGateway, useDeleteSkill } from "./mutations";

interface SkillDialogProps {
  /** Nothing closes the dialog. */
  skill: SkillCard | undefined;
  gateways: Gateway[];
  onClose: () => void;
}

/** One skill: what it is, and on which gateways it is. */
export function SkillDialog({ skill, gateways, onClose }: SkillDialogProps) {
  return (
    <Dialog
      open={skill !== undefined}
      onClose={onClose}
      title={skill?.name ?? "Skill"}
      description={skill?.description ?? undefined}
      width="lg"
    >
      {skill && <Skill key={skill.id} skill={skill} gateways={gateways} onClose={onClose} />}
    </Dialog>
  );
}

function Skill({ skill, gateways, onClose }: { skill: SkillCard; gateways: Gateway[]; onClose: () => void }) {
  const admin = useOrganizationAdmin();
  const [asking, setAsking] = useState(false);
  const remove = useDeleteSkill();
  return (
    <>
      <PropertyList>
        <Property label="Address">
          <a
            href={skill.source_url}
            target="_blank"
            rel="noopener noreferrer"
            className="inline-flex max-w-full items-center gap-1 text-accent-text hover:underline"
          >
            <span className="min-w-0 break-all">{skill.source_url}</span>
            <ExternalLink size={12} className="shrink-0" aria-hidden="true" />
          </a>
        </Property>
        <Property label="Category">{skill.category}</Property>
        <Property label="Risk">{skill.risk && <Badge tone={riskTone(skill.risk)}>{skill.risk}</Badge>}</Property>
        <Property label="Changed">
          <RelativeTime value={skill.updated_at} />
        </Property>
      </PropertyList>
      {skill.vanished_at && (
        <p className="mt-3 rounded-md bg-warn-soft px-3 py-2 text-warn">
          Its pack does not list it any more since <RelativeTime value={skill.vanished_at} />.
        </p>
      )}
      <h3 className="mt-5 mb-2 font-semibold">Gateways</h3>
      <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line">
        {gateways.map((gateway) => (
          <GatewayRow key={gateway.id} skill={skill} gateway={gateway} reason={admin.reason} />
        ))}
      </ul>
      <p className="mt-2 text-xs text-ink-3">
        The main agent of the gateway reads the skill, puts it in place and reports. Look at the address first: a skill
        is what your agents will do.
      </p>
      <DialogActions>
        <Button variant="ghost" reason={admin.reason} onClick={() => setAsking(true)}>
          Remove from the list…
        </Button>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Remove “${skill.name}” from the list?`}
        action="Remove skill"
        onConfirm={async () => {
          await remove.mutateAsync(skill.id);
          notifySuccess(`Removed “${skill.name}”`);
          onClose();
        }}
      >
        <p>Gateways that have it keep it. To remove it there, do that first.</p>
        {skill.pack_id && <p>The next sync of its pack lists it again.</p>}
      </ConfirmDialog>
    </>
  );
}

function GatewayRow({ skill, gateway, reason }: { skill: SkillCard; gateway: Gateway; reason: string | null }) {
  const ask = useAskGateway(skill.id);
  const installation = skill.installations.find((entry) => entry.gateway_id === gateway.id);
  const state = installation?.state;
  const working = state === "requested" || state === "removing";
  const there = Boolean(installation?.installed_at);
  const away = gateway.connection.state && gateway.connection.state !== "online";
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{gateway.name}</span>
        {installation && (
          <Badge
            tone={stateOf(installation).tone}
            icon={working ? <LoaderCircle size={11} className="animate-spin" aria-hidden="true" /> : undefined}
          >
            {stateOf(installation).label}
          </Badge>
        )}
        {installation && (
          <span className="text-xs text-ink-3">
            <RelativeTime value={installation.updated_at} />
          </span>
        )}
        <span className="ml-auto flex gap-2">
          {there || state === "removing" || state === "removal_failed" ? (
            <Button
              size="sm"
              busy={ask.isPending}
              reason={reason ?? (state === "removing" ? "Its agent was asked already." : null)}
              onClick={() => ask.mutate({ gateway: gateway.id, wish: "uninstall" })}
            >
              {state === "removal_failed" ? "Try again" : "Remove"}
            </Button>
          ) : (
            <Button
              size="sm"
              variant={installation ? "secondary" : "primary"}
              busy={ask.isPending}
              reason={reason ?? (state === "requested" ? "Its agent was asked already." : null)}
              onClick={() => ask.mutate({ gateway: gateway.id, wish: "install" })}
            >
              {state === "failed" ? "Try again" : "Install"}
            </Button>
          )}
        </span>
      </div>
      {installation?.error && (
        <p role="alert" className="mt-1 text-danger">
          {installation.error}
        </p>
      )}
      {working && away && (
        <p className="mt-1 text-warn">The gateway is away. Its agent hears of it when the connection is back.</p>
      )}
      <FormError error={ask.error} />
    </li>
  );
}
