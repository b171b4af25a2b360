import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { BookOpen, LayoutGrid, Moon, Plus, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { boardsQuery } from "@/api/queries/boards";
import { setTheme } from "@/lib/theme";
import { PAGES } from "./pages";

interface PaletteProps {
  open: boolean;
  onClose: () => void;
}

/** Finds boards and pages by name, and runs the commands that make sense anywhere. */
export default function Palette({ open, onClose }: PaletteProps) {
  const navigate = useNavigate();
  const boards = useQuery({ ...boardsQuery, enabled: open });
  const run = (action: () => unknown) => () => {
    onClose();
    action();
  };
  return (
    <Command.Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      label="Find a board or a page"
      overlayClassName="backdrop fixed inset-0 z-50"
      contentClassName="popup fixed top-[12vh] left-1/2 z-50 w-[calc(100%-2rem)] max-w-lg -translate-x-1/2 overflow-hidden"
    >
      <Command.Input
        placeholder="Find a board or a page…"
        className="w-full border-b border-line bg-transparent px-4 py-3 text-base outline-none max-md:text-lg"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-6 text-center text-ink-2">Nothing has this name.</Command.Empty>
        <PaletteGroup heading="Pages">
          {PAGES.map((page) => (
            <PaletteItem
              key={page.link.to}
              value={`${page.label} ${page.words}`}
              icon={<page.icon size={15} />}
              onSelect={run(() => navigate(page.link))}
            >
              {page.label}
            </PaletteItem>
          ))}
          <PaletteItem icon={<BookOpen size={15} />} onSelect={run(() => location.assign("/docs"))}>
            API reference
          </PaletteItem>
        </PaletteGroup>
        {boards.data && boards.data.items.length > 0 && (
          <PaletteGroup heading="Boards">
            {boards.data.items.map((board) => (
              <PaletteItem
                key={board.id}
                value={`${board.name} ${board.id}`}
                icon={<LayoutGrid size={15} />}
                onSelect={run(() => navigate({ to: "/boards/$boardId", params: { boardId: board.id } }))}
              >
                {board.name}
              </PaletteItem>
            ))}
          </PaletteGroup>
        )}
        <PaletteGroup heading="Commands">
          <PaletteItem
            icon={<Plus size={15} />}
            onSelect={run(() => navigate({ to: "/boards", search: { create: true } }))}
          >
            Create a board
          </PaletteItem>
          <PaletteItem icon={<Sun size={15} />} onSelect={run(() => setTheme("light"))}>
            Light theme
          </PaletteItem>
          <PaletteItem icon={<Moon size={15} />} onSelect={run(() => setTheme("dark"))}>
            Dark theme
          </PaletteItem>
        </PaletteGroup>
      </Command.List>
    </Command.Dialog>
  );
}

function PaletteGroup({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="**:[[cmdk-group-heading]]:px-2 **:[[cmdk-group-heading]]:pt-2 **:[[cmdk-group-heading]]:pb-1 **:[[cmdk-group-heading]]:text-xs **:[[cmdk-group-heading]]:font-medium **:[[cmdk-group-heading]]:text-ink-3"
    >
      {children}
    </Command.Group>
  );
}

interface PaletteItemProps {
  icon: ReactNode;
  value?: string;
  onSelect: () => void;
  children: string;
}

function PaletteItem({ icon, value, onSelect, children }: PaletteItemProps) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex items-center gap-2.5 rounded-md px-2 py-2 text-sm data-[selected=true]:bg-hover"
    >
      <span className="text-ink-3" aria-hidden="true">
        {icon}
      </span>
      {children}
    </Command.Item>
  );
}
