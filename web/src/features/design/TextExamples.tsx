import { Inbox } from "lucide-react";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import { ChangedElsewhere } from "@/components/ChangedElsewhere";
import { Code } from "@/components/Code";
import { Composer } from "@/components/Composer";
import { CopyButton } from "@/components/CopyButton";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState, FormError } from "@/components/ErrorState";
import { Logo } from "@/components/Logo";
import { Markdown } from "@/components/Markdown";
import { Panel } from "@/components/Panel";
import { RelativeTime } from "@/components/RelativeTime";
import { SearchField } from "@/components/SearchField";
import { Shown } from "@/components/Shown";
import { ListSkeleton } from "@/components/Skeletons";
import { notifySuccess } from "@/lib/notify";

const REFUSED = new ApiError("The database is busy.", 503, "req-1");
const TEXT = "A **comment** with `code`, a [link](https://example.org) and\n\n- one point\n- another";

/** What is read: texts, and what stands where there is nothing, nothing yet, or something went wrong. */
export function TextExamples() {
  const [search, setSearch] = useState("");
  return (
    <div className="grid gap-4 md:grid-cols-2">
      <Panel title="Texts">
        <div className="space-y-4">
          <p className="flex flex-wrap items-center gap-3">
            <Logo /> <RelativeTime value={new Date().toISOString()} />
            <CopyButton text="example" label="Copy the example">
              Copy
            </CopyButton>
          </p>
          <Markdown text={TEXT} />
          <Code label="A command" text="mission-control serve" />
          <Shown label="A secret that is shown once" text="mca_example" />
          <SearchField label="Find an example" placeholder="Find an example…" value={search} onChange={setSearch} />
          <Composer
            draftKey="design"
            label="Message"
            placeholder="Say something…"
            action="Send"
            reason={null}
            onSend={async (text) => notifySuccess(`Sent “${text}”`)}
          />
          <Composer
            draftKey="design.read-only"
            label="Message that may not be sent"
            placeholder="Say something…"
            action="Send"
            reason="You can read this board but not change it."
            onSend={async () => undefined}
          />
        </div>
      </Panel>
      <Panel title="Nothing, not yet, failed">
        <div className="space-y-4">
          <EmptyState icon={<Inbox size={20} />} title="No examples yet">
            What belongs here, and how it comes to be.
          </EmptyState>
          <ListSkeleton rows={2} label="Loading the examples" />
          <ErrorState error={REFUSED} title="The examples could not be loaded" onRetry={() => undefined} />
          <FormError error={REFUSED} />
          <ChangedElsewhere onRebase={() => undefined} />
        </div>
      </Panel>
    </div>
  );
}
