import { useQuery } from "@tanstack/react-query";
import { ExternalLink, Search } from "lucide-react";
import { messageOf } from "@/api/errors";
import { roleSoulQuery } from "@/api/queries/agents";
import type { Agent } from "@/api/types";
import { Badge } from "@/components/Badge";
import { FormError } from "@/components/ErrorState";
import { Panel } from "@/components/Panel";
import { Button } from "@/components/ui/Button";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { notifyError, notifySuccess } from "@/lib/notify";
import { useAcceptRoleSoul, useRemoveRoleSoul, useRequestRoleSoul } from "./mutations";

/** A text of the souls directory for a worker's role: fetched, read by a person, and only then used. */
export function RoleSoulPanel({ agent }: { agent: Agent }) {
  const query = useQuery(roleSoulQuery(agent.id));
  const admin = useOrganizationAdmin();
  const request = useRequestRoleSoul(agent.id);
  const accept = useAcceptRoleSoul(agent.id);
  const remove = useRemoveRoleSoul(agent.id);
  const accepted = query.data?.accepted;
  const proposal = query.data?.proposal;
  return (
    <Panel title="Soul for its role" note="from the souls directory">
      <div className="space-y-4">
        {accepted ? (
          <div className="space-y-2">
            <p className="flex flex-wrap items-center gap-2">
              <Badge tone="ok">Used</Badge>
              <Source handle={accepted.handle} slug={accepted.slug} url={accepted.page_url} />
            </p>
            <Text text={accepted.content} />
            <Button
              size="sm"
              reason={admin.reason}
              busy={remove.isPending}
              onClick={() =>
                remove.mutate(undefined, {
                  onError: (error) => notifyError("It was not taken back", { description: messageOf(error) }),
                })
              }
            >
              Use the server's text again
            </Button>
          </div>
        ) : (
          <p className="text-ink-2">
            It has the server's own text. The directory may have one for its role; nothing of it is used before you have
            read and accepted it.
          </p>
        )}
        {proposal?.state === "ready" && proposal.sha256 && (
          <div className="space-y-2 border-t border-line pt-4">
            <p className="flex flex-wrap items-center gap-2">
              <Badge tone="warn">To be read</Badge>
              <Source handle={proposal.handle} slug={proposal.slug} url={proposal.page_url} />
            </p>
            <Text text={proposal.content ?? ""} />
            <Button
              variant="primary"
              size="sm"
              reason={admin.reason}
              busy={accept.isPending}
              onClick={() =>
                accept.mutate(proposal.sha256 as string, {
                  onSuccess: () => notifySuccess("The text is used from now on"),
                })
              }
            >
              I have read it: use it
            </Button>
            <FormError error={accept.error} />
          </div>
        )}
        {proposal?.state === "failed" && (
          <p role="status" className="text-warn">
            {proposal.error ?? "No text could be fetched."}
          </p>
        )}
        {proposal?.state === "fetching" ? (
          <p role="status" className="text-ink-2">
            The text is being fetched…
          </p>
        ) : (
          <Button
            size="sm"
            icon={<Search size={14} />}
            reason={admin.reason}
            busy={request.isPending}
            onClick={() => request.mutate()}
          >
            {proposal || accepted ? "Look again" : "Look for one"}
          </Button>
        )}
        <FormError error={request.error} />
      </div>
    </Panel>
  );
}

interface SourceProps {
  handle: string | null | undefined;
  slug: string | null | undefined;
  url: string | null | undefined;
}

function Source({ handle, slug, url }: SourceProps) {
  const name = `${handle ?? "?"}/${slug ?? "?"}`;
  return url ? (
    <a
      href={url}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="inline-flex items-center gap-1 text-accent-text hover:underline"
    >
      {name} <ExternalLink size={13} aria-hidden="true" />
    </a>
  ) : (
    <span>{name}</span>
  );
}

/** A text from outside, as it is: it becomes an instruction of the agent, so nothing of it is hidden by formatting. */
function Text({ text }: { text: string }) {
  return (
    <section
      aria-label="Text"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
      tabIndex={0}
      className="max-h-80 overflow-y-auto rounded-md border border-line bg-sunken p-3 font-mono text-xs break-words whitespace-pre-wrap"
    >
      {text}
    </section>
  );
}
