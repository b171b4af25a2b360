import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { gatewayCommandsQuery } from "@/api/queries/gateways";
import type { Gateway } from "@/api/types";
import { ErrorState } from "@/components/ErrorState";
import { Panel } from "@/components/Panel";
import { ListSkeleton } from "@/components/Skeletons";

/** What a gateway can be asked and tells by itself. */
export function CommandsTab({ gateway }: { gateway: Gateway }) {
  const query = useQuery(gatewayCommandsQuery(gateway.id));
  const [text, setText] = useState("");
  if (query.isPending) return <ListSkeleton label="Asking the gateway what it can do" />;
  if (!query.data) {
    return <ErrorState error={query.error} title="It could not be asked" onRetry={() => void query.refetch()} />;
  }
  const wanted = text.trim().toLowerCase();
  const named = (names: readonly string[]) => names.filter((name) => name.toLowerCase().includes(wanted));
  const [methods, events] = [named(query.data.methods), named(query.data.events)];
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center gap-3">
        <input
          type="search"
          aria-label="Find a method or an event"
          placeholder="Find a method or an event…"
          className="field h-8 w-72 max-md:h-10 max-md:w-full"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <p className="text-sm text-ink-2">Protocol {query.data.protocol_version}</p>
      </div>
      <Names title="Methods" note={`${methods.length} that it can be asked`} names={methods} />
      <Names title="Events" note={`${events.length} that it tells by itself`} names={events} />
    </div>
  );
}

function Names({ title, note, names }: { title: string; note: string; names: readonly string[] }) {
  return (
    <Panel title={title} note={note}>
      {names.length === 0 ? (
        <p className="text-ink-3">None has this in its name.</p>
      ) : (
        <ul className="columns-3 gap-4 font-mono text-xs leading-6 max-lg:columns-2 max-md:columns-1">
          {names.map((name) => (
            <li key={name} className="truncate">
              {name}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
