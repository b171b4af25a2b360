import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { type ReactNode, Suspense, useState } from "react";
import { call, client } from "@/api/client";
import { ApiError } from "@/api/errors";
import { keys } from "@/api/keys";
import { boardQuery } from "@/api/queries/boards";
import type { Board, BoardUpdate } from "@/api/types";
import { ErrorState, FormError } from "@/components/ErrorState";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { Field } from "@/components/ui/Field";
import { Switch } from "@/components/ui/Switch";
import { BoardHeader } from "@/features/board/BoardHeader";
import { InterviewBanner } from "@/features/interview/InterviewBanner";
import { useBoardWrite } from "@/features/session/permissions";
import { cx } from "@/lib/cx";
import { late } from "@/lib/late";
import { notifySuccess } from "@/lib/notify";
import { useTitle } from "@/lib/title";
import { type BoardType, BoardTypeChoice } from "./BoardTypeChoice";
import { type BoardForm, changesOf, hasOwnMetrics, metricsProblem, RULES, toForm } from "./boardForm";
import { GatewayChoice, GroupChoice } from "./PlaceChoice";

const DeleteBoardDialog = late(() => import("./DeleteBoardDialog"));
const route = getRouteApi("/shell/boards/$boardId/settings");

/** Name, kind and rules of a board, and the way to delete it. */
export function BoardSettingsPage() {
  const { boardId } = route.useParams();
  const query = useQuery(boardQuery(boardId));
  useTitle("Settings", query.data?.name);
  return (
    <>
      <BoardHeader
        boardId={boardId}
        name={query.data?.name ?? (query.error ? "Board" : null)}
        page="Settings"
        group={query.data?.board_group_id}
      />
      <div className="min-h-0 flex-1 overflow-y-auto">
        {query.isPending && <ListSkeleton label="Loading the settings" />}
        {query.error && !query.data && (
          <ErrorState
            error={query.error}
            title="The settings could not be loaded"
            onRetry={() => void query.refetch()}
          />
        )}
        {query.data && (
          <div className="mx-auto max-w-2xl space-y-8 px-4 py-6">
            <InterviewBanner board={query.data} />
            <BoardSettingsForm key={query.data.id} board={query.data} />
            <DeleteBoard board={query.data} />
          </div>
        )}
      </div>
    </>
  );
}

function BoardSettingsForm({ board }: { board: Board }) {
  const cache = useQueryClient();
  const write = useBoardWrite(board.id);
  // What the form was filled from. Somebody else's later change does not touch what is typed here.
  const [base, setBase] = useState(board);
  const [form, setForm] = useState<BoardForm>(() => toForm(board));
  const changes = changesOf(form, base);
  const dirty = Object.keys(changes).length > 0;
  const set = (part: Partial<BoardForm>) => setForm({ ...form, ...part });
  const save = useMutation({
    mutationFn: (body: BoardUpdate) =>
      call<Board>(client.PATCH("/api/v1/boards/{board_id}", { params: { path: { board_id: board.id } }, body })),
    onSuccess(saved) {
      cache.setQueryData(keys.boardDetail(board.id), saved);
      void cache.invalidateQueries({ queryKey: keys.boards });
      void cache.invalidateQueries({ queryKey: keys.snapshot(board.id) });
      setBase(saved);
      setForm(toForm(saved));
      notifySuccess("Settings saved");
    },
  });
  const refused = save.error instanceof ApiError ? save.error : null;
  const ownMetrics = hasOwnMetrics(base);
  // The server asks for both when a board becomes one with a goal.
  const becomesGoal = form.type === "goal" && base.board_type !== "goal";
  const problems = {
    name: form.name.trim() ? null : "A board needs a name.",
    description: form.description.trim() ? null : "A board needs a description.",
    objective: becomesGoal && !form.objective.trim() ? "A goal board needs an objective." : null,
    metric:
      becomesGoal && form.metric === ""
        ? "A goal board needs a measure."
        : ownMetrics
          ? metricsProblem(form.metric)
          : null,
    max_agents: /^\d+$/.test(form.maxAgents) ? null : "Enter a whole number, 0 or more.",
  };
  const invalid = Object.values(problems).some(Boolean);
  const changedElsewhere = base.updated_at !== board.updated_at && !save.isPending;

  return (
    <form
      className="space-y-8"
      onSubmit={(event) => {
        event.preventDefault();
        if (dirty && !invalid && write.allowed && !save.isPending) save.mutate(changes);
      }}
    >
      {write.reason && <p className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">{write.reason}</p>}
      {changedElsewhere && (
        <div role="status" className="flex items-center gap-3 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          <p className="flex-1">
            These settings were changed elsewhere. Saving sends only the fields that you changed.
          </p>
          <Button
            size="sm"
            onClick={() => {
              setBase(board);
              setForm(toForm(board));
            }}
          >
            Load them
          </Button>
        </div>
      )}
      <Section title="Board">
        <Field label="Name" required error={problems.name ?? refused?.field("name")}>
          {(props) => (
            <input
              {...props}
              className="field"
              disabled={!write.allowed}
              value={form.name}
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </Field>
        <Field
          label="Description"
          required
          hint="What the board is for. Agents read this to understand their work."
          error={problems.description ?? refused?.field("description")}
        >
          {(props) => (
            <textarea
              {...props}
              className="field min-h-20"
              disabled={!write.allowed}
              value={form.description}
              onChange={(event) => set({ description: event.target.value })}
            />
          )}
        </Field>
        <BoardTypeChoice value={form.type as BoardType} disabled={!write.allowed} onChange={(type) => set({ type })} />
        {form.type === "goal" && (
          <>
            <Field
              label="Objective"
              hint="What is true when the goal is reached."
              error={problems.objective ?? refused?.field("objective")}
            >
              {(props) => (
                <textarea
                  {...props}
                  className="field min-h-16"
                  disabled={!write.allowed}
                  value={form.objective}
                  onChange={(event) => set({ objective: event.target.value })}
                />
              )}
            </Field>
            <Field
              label="Measure of success"
              hint={
                ownMetrics
                  ? "As JSON: an object with a name for each measure."
                  : "How one sees that the goal is reached, in a sentence or a number."
              }
              error={problems.metric ?? refused?.field("success_metrics")}
            >
              {(props) => (
                <textarea
                  {...props}
                  rows={1}
                  spellCheck={!ownMetrics}
                  className={cx("field field-sizing-content max-h-60", ownMetrics && "font-mono text-xs!")}
                  disabled={!write.allowed}
                  value={form.metric}
                  onChange={(event) => set({ metric: event.target.value })}
                />
              )}
            </Field>
            <Field label="Target date" error={refused?.field("target_date")}>
              {(props) => (
                <input
                  {...props}
                  type="date"
                  className="field w-48!"
                  disabled={!write.allowed}
                  value={form.targetDate}
                  onChange={(event) => set({ targetDate: event.target.value })}
                />
              )}
            </Field>
          </>
        )}
        <Field
          label="Most worker agents"
          hint="How many agents the board's lead may have at work."
          error={problems.max_agents ?? refused?.field("max_agents")}
        >
          {(props) => (
            <input
              {...props}
              inputMode="numeric"
              className="field w-24!"
              disabled={!write.allowed}
              value={form.maxAgents}
              onChange={(event) => set({ maxAgents: event.target.value.trim() })}
            />
          )}
        </Field>
      </Section>
      <Section title="Place">
        <GroupChoice
          value={form.group}
          error={refused?.field("board_group_id")}
          disabled={!write.allowed}
          onChange={(group) => set({ group })}
        />
        <GatewayChoice
          value={form.gateway}
          error={refused?.field("gateway_id")}
          disabled={!write.allowed}
          onChange={(gateway) => set({ gateway })}
        />
      </Section>
      <Section title="Rules" about="What the server refuses on this board, whoever asks.">
        {RULES.map((rule) => (
          <Switch
            key={rule.field}
            label={rule.label}
            description={rule.about}
            checked={form.rules[rule.field]}
            disabled={!write.allowed}
            onChange={(on) => set({ rules: { ...form.rules, [rule.field]: on } })}
          />
        ))}
      </Section>
      <div className="sticky bottom-0 -mx-4 border-t border-line bg-canvas px-4 py-3">
        <FormError error={save.error} />
        <div className="flex justify-end gap-2">
          <Button reason={dirty ? null : "Nothing has been changed."} onClick={() => setForm(toForm(base))}>
            Reset
          </Button>
          <Button
            type="submit"
            variant="primary"
            busy={save.isPending}
            reason={
              write.reason ??
              (invalid ? "Correct the marked fields first." : dirty ? null : "Nothing has been changed.")
            }
          >
            Save changes
          </Button>
        </div>
      </div>
    </form>
  );
}

function Section({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  return (
    <section className="space-y-4">
      <div>
        <h2 className="text-base font-semibold">{title}</h2>
        {about && <p className="text-ink-2">{about}</p>}
      </div>
      {children}
    </section>
  );
}

function DeleteBoard({ board }: { board: Board }) {
  const write = useBoardWrite(board.id);
  const [asking, setAsking] = useState(false);
  return (
    <section className="rounded-xl border border-danger/40 p-4">
      <h2 className="text-base font-semibold">Delete this board</h2>
      <p className="mt-1 mb-3 text-ink-2">
        Its tasks, comments, chat, notes and webhooks are deleted with it. Links and webhook addresses stop working.
      </p>
      <Button variant="danger" icon={<Trash2 size={14} />} reason={write.reason} onClick={() => setAsking(true)}>
        Delete board…
      </Button>
      {asking && (
        <Suspense>
          <DeleteBoardDialog board={board} onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </section>
  );
}
