import { useState } from "react";
import type { System } from "@/api/types";
import { FormError } from "@/components/ErrorState";
import { Panel } from "@/components/Panel";
import { Button } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { useOpenDemo, useRemoveDemo } from "./mutations";

/** Makes the demo, leads to it, and takes it away. */
export function DemoPanel({ demo }: { demo: System["demo"] }) {
  const open = useOpenDemo();
  const remove = useRemoveDemo();
  const [asked, setAsked] = useState(false);
  return (
    <Panel title="Demo">
      <p className="text-ink-2">
        {demo
          ? `${demo.name} has ${demo.boards} boards, ${demo.agents} agents and ${demo.tasks} tasks.`
          : "An organization with a fleet at work, to look around in: boards, agents, tasks with four weeks of history, approvals, webhooks. It touches nothing else and calls nobody."}
      </p>
      <FormError error={open.error} />
      <div className="mt-3 flex flex-wrap gap-2">
        <Button busy={open.isPending} onClick={() => open.mutate(demo?.organization_id)}>
          {demo ? "Open the demo" : "Make the demo"}
        </Button>
        {demo && (
          <Button variant="ghost" onClick={() => setAsked(true)}>
            Remove…
          </Button>
        )}
      </div>
      {demo && (
        <ConfirmDialog
          open={asked}
          onClose={() => setAsked(false)}
          title="Remove the demo?"
          action="Remove the demo"
          typeToConfirm={demo.name}
          onConfirm={() => remove.mutateAsync()}
        >
          <p>Its boards, agents and tasks are deleted, also what you have changed or added there.</p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}
