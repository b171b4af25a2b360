import { Link } from "@tanstack/react-router";
import { Settings, Trash2, Webhook } from "lucide-react";
import { Suspense, useState } from "react";
import type { Board } from "@/api/types";
import type { LateMenuProps } from "@/components/ui/lazyMenu";
import { Menu, MenuItem, MenuLink, MenuSeparator } from "@/components/ui/Menu";
import { useBoardWrite } from "@/features/session/permissions";
import { late } from "@/lib/late";

const DeleteBoardDialog = late(() => import("./DeleteBoardDialog"));

/** What can be done with a board from the list. */
export default function BoardMenu({ board, trigger }: LateMenuProps & { board: Board }) {
  const write = useBoardWrite(board.id);
  const [open, setOpen] = useState(true);
  const [deleting, setDeleting] = useState(false);
  const params = { boardId: board.id };
  return (
    <>
      <Menu align="end" open={open} onOpenChange={setOpen} trigger={trigger}>
        <MenuLink icon={<Settings size={14} />} render={<Link to="/boards/$boardId/settings" params={params} />}>
          Settings
        </MenuLink>
        <MenuLink icon={<Webhook size={14} />} render={<Link to="/boards/$boardId/webhooks" params={params} />}>
          Webhooks
        </MenuLink>
        <MenuSeparator />
        <MenuItem
          danger
          icon={<Trash2 size={14} />}
          disabled={!write.allowed}
          note={write.reason}
          onClick={() => setDeleting(true)}
        >
          Delete…
        </MenuItem>
      </Menu>
      {deleting && (
        <Suspense>
          <DeleteBoardDialog board={board} onClose={() => setDeleting(false)} />
        </Suspense>
      )}
    </>
  );
}
