import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { Command } from "cmdk";
import { BookOpen, Bot, Folders, Keyboard, LayoutGrid, Monitor, Moon, Network, Plus, Sun, Tag } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { serverLink } from "@/api/origin";
import { boardsQuery } from "@/api/queries/boards";
import { SEARCH_FROM, searchQuery } from "@/api/queries/search";
import type { SearchResults, TaskStatus } from "@/api/types";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { STATUS_LABEL, StatusIcon } from "@/features/task/status";
import { setTheme } from "@/lib/theme";
import { type CommandGroup, pageCommands } from "./commands";
import { PAGES } from "./pages";
import { showShortcuts } from "./shortcuts";

interface PaletteProps {
  open: boolean;
  onClose: () => void;
}

// The server is asked when the typing pauses, not at every letter.
const TYPING_PAUSE_MS = 150;
const BOARDS_SHOWN = 8;
const BOARDS = "Boards";

/** Finds everything that the user may see, and runs what the page and the console can do. */
export default function Palette({ open, onClose }: PaletteProps) {
  return (
    <Command.Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      label="Find anything, or run a command"
      shouldFilter={false}
      loop
      overlayClassName="backdrop fixed inset-0 z-50"
      contentClassName="popup fixed top-[12vh] left-1/2 z-50 w-[calc(100%-2rem)] max-w-xl -translate-x-1/2 overflow-hidden"
    >
      {open && <PaletteContent onClose={onClose} />}
    </Command.Dialog>
  );
}

function PaletteContent({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const wanted = text.trim();
  const asked = useSettled(wanted);
  const found = useQuery(searchQuery(asked));
  const results = wanted.length >= SEARCH_FROM ? found.data : undefined;
  const searching = wanted.length >= SEARCH_FROM && (asked !== wanted || found.isFetching);
  const groups = useGroups().map((group) => ({
    ...group,
    // The server finds all boards, not only the first ones.
    commands:
      results && group.heading === BOARDS
        ? []
        : group.commands.filter((command) => matches(`${command.title} ${command.words ?? ""}`, wanted)),
  }));
  const commandCount = groups.reduce((sum, group) => sum + group.commands.length, 0);
  const foundCount = Object.values(results ?? {}).reduce((sum, hits) => sum + hits.length, 0);
  const run = (action: () => unknown) => () => {
    onClose();
    action();
  };

  return (
    <>
      <Command.Input
        value={text}
        onValueChange={setText}
        maxLength={200}
        placeholder="Find anything, or run a command…"
        className="w-full border-b border-line bg-transparent px-4 py-3 text-base outline-none max-md:text-lg"
      />
      <Command.List className="max-h-[min(26rem,60vh)] overflow-y-auto p-1.5">
        {commandCount + foundCount === 0 && !searching && !found.error && (
          <p className="px-3 py-6 text-center text-ink-2">Nothing has this name.</p>
        )}
        {found.error && wanted.length >= SEARCH_FROM && (
          <p role="alert" className="px-3 py-2 text-sm text-danger">
            The search did not work: {found.error.message}
          </p>
        )}
        {groups.map(
          (group) =>
            group.commands.length > 0 && (
              <PaletteGroup key={group.heading} heading={group.heading}>
                {group.commands.map((command) => (
                  <PaletteItem
                    key={command.title}
                    value={`${group.heading} ${command.title}`}
                    icon={command.icon}
                    onSelect={run(command.run)}
                  >
                    {command.title}
                  </PaletteItem>
                ))}
              </PaletteGroup>
            ),
        )}
        {/* Last, because it comes last: nothing that is chosen already may move away under the finger. */}
        {results && <Found results={results} run={run} />}
      </Command.List>
      <p role="status" className="sr-only">
        {searching ? "Searching" : results ? `${foundCount} found, ${commandCount} commands` : ""}
      </p>
    </>
  );
}

/** What the server has found, a group a kind. */
function Found({ results, run }: { results: SearchResults; run: (action: () => unknown) => () => void }) {
  const navigate = useNavigate();
  const router = useRouter();
  const go = (path: string) => run(() => router.history.push(path));
  return (
    <>
      {results.tasks.length > 0 && (
        <PaletteGroup heading="Tasks">
          {results.tasks.map((task) => (
            <PaletteItem
              key={task.id}
              value={task.id}
              icon={<StatusIcon status={task.status as TaskStatus} />}
              note={`${task.board_name} · ${STATUS_LABEL[task.status as TaskStatus]}`}
              onSelect={run(() =>
                navigate({
                  to: "/boards/$boardId",
                  params: { boardId: task.board_id },
                  search: { taskId: task.id },
                }),
              )}
            >
              {task.title}
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      {results.boards.length > 0 && (
        <PaletteGroup heading={BOARDS}>
          {results.boards.map((board) => (
            <PaletteItem
              key={board.id}
              value={board.id}
              icon={<LayoutGrid size={15} />}
              onSelect={run(() => navigate({ to: "/boards/$boardId", params: { boardId: board.id } }))}
            >
              {board.name}
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      {results.board_groups.length > 0 && (
        <PaletteGroup heading="Board groups">
          {results.board_groups.map((group) => (
            <PaletteItem
              key={group.id}
              value={group.id}
              icon={<Folders size={15} />}
              onSelect={go(`/board-groups/${group.id}`)}
            >
              {group.name}
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      {results.agents.length > 0 && (
        <PaletteGroup heading="Agents">
          {results.agents.map((agent) => (
            <PaletteItem
              key={agent.id}
              value={agent.id}
              icon={<Bot size={15} />}
              note={agent.board_name ?? "Main agent of a gateway"}
              onSelect={run(() => navigate({ to: "/agents/$agentId", params: { agentId: agent.id } }))}
            >
              {agent.name}
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      {results.gateways.length > 0 && (
        <PaletteGroup heading="Gateways">
          {results.gateways.map((gateway) => (
            <PaletteItem
              key={gateway.id}
              value={gateway.id}
              icon={<Network size={15} />}
              onSelect={run(() => navigate({ to: "/gateways/$gatewayId", params: { gatewayId: gateway.id } }))}
            >
              {gateway.name}
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      {results.tags.length > 0 && (
        <PaletteGroup heading="Tags">
          {results.tags.map((tag) => (
            <PaletteItem
              key={tag.id}
              value={tag.id}
              icon={<Tag size={15} />}
              onSelect={run(() => navigate({ to: "/tags" }))}
            >
              {tag.name}
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
    </>
  );
}

/** What can be done: on this page first, then anywhere. */
function useGroups(): CommandGroup[] {
  const navigate = useNavigate();
  const admin = useOrganizationAdmin();
  const boards = useQuery(boardsQuery).data?.items ?? [];
  return [
    ...pageCommands(),
    {
      heading: "Pages",
      commands: [
        ...PAGES.filter((page) => admin.allowed || !("admin" in page)).map((page) => ({
          title: page.label,
          words: page.words,
          icon: <page.icon size={15} />,
          run: () => navigate(page.link),
        })),
        {
          title: "API reference",
          words: "docs openapi",
          icon: <BookOpen size={15} />,
          run: () => location.assign(serverLink("/docs")),
        },
      ],
    },
    {
      heading: BOARDS,
      commands: boards.slice(0, BOARDS_SHOWN).map((board) => ({
        title: board.name || "Untitled board",
        icon: <LayoutGrid size={15} />,
        run: () => navigate({ to: "/boards/$boardId", params: { boardId: board.id } }),
      })),
    },
    {
      heading: "Commands",
      commands: [
        ...(admin.allowed
          ? [
              {
                title: "Create a board",
                words: "new",
                icon: <Plus size={15} />,
                run: () => navigate({ to: "/boards", search: { create: true } }),
              },
              {
                title: "Create an agent",
                words: "new",
                icon: <Plus size={15} />,
                run: () => navigate({ to: "/agents/new" }),
              },
            ]
          : []),
        { title: "Light theme", icon: <Sun size={15} />, run: () => setTheme("light") },
        { title: "Dark theme", icon: <Moon size={15} />, run: () => setTheme("dark") },
        { title: "Theme of the system", words: "auto", icon: <Monitor size={15} />, run: () => setTheme("system") },
        { title: "Keyboard shortcuts", words: "help keys", icon: <Keyboard size={15} />, run: showShortcuts },
      ],
    },
  ];
}

/** A text as it was when the typing paused last. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function matches(text: string, wanted: string): boolean {
  const folded = text.toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => folded.includes(word));
}

function PaletteGroup({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="**:[[cmdk-group-heading]]:truncate **:[[cmdk-group-heading]]:px-2 **:[[cmdk-group-heading]]:pt-2 **:[[cmdk-group-heading]]:pb-1 **:[[cmdk-group-heading]]:text-xs **:[[cmdk-group-heading]]:font-medium **:[[cmdk-group-heading]]:text-ink-3"
    >
      {children}
    </Command.Group>
  );
}

interface PaletteItemProps {
  icon: ReactNode;
  value: string;
  /** Where it is or what it belongs to. */
  note?: string;
  onSelect: () => void;
  children: string;
}

function PaletteItem({ icon, value, note, onSelect, children }: PaletteItemProps) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex items-center gap-2.5 rounded-md px-2 py-2 text-sm data-[selected=true]:bg-hover"
    >
      <span className="shrink-0 text-ink-3" aria-hidden="true">
        {icon}
      </span>
      <span className="min-w-0 flex-1 truncate">{children || "Untitled"}</span>
      {note && <span className="max-w-[45%] truncate text-xs text-ink-3">{note}</span>}
    </Command.Item>
  );
}
