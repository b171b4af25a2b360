import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { messageOf } from "@/api/errors";
import { keys } from "@/api/keys";
import type { Board, BoardGroup } from "@/api/types";

/** Name and description of a group, and the boards that are to be in it. */
export interface GroupForm {
  name: string;
  description: string;
  boards: ReadonlySet<string>;
}

/** What became of a group that was saved: the group, and the boards that could not be moved, with the reasons. */
export interface SavedGroup {
  group: BoardGroup;
  failed: { board: Board; reason: string }[];
}

/** Saves a group, then moves its boards one by one; a board that refuses does not stop the others. */
export function useSaveGroup(group: BoardGroup | undefined, boards: Board[]) {
  const cache = useQueryClient();
  return useMutation({
    async mutationFn(form: GroupForm): Promise<SavedGroup> {
      const saved = await saveGroup(group, form);
      const failed: SavedGroup["failed"] = [];
      for (const board of boards) {
        const wanted = form.boards.has(board.id);
        if (wanted === (board.board_group_id === saved.id)) continue;
        try {
          await call(
            client.PATCH("/api/v1/boards/{board_id}", {
              params: { path: { board_id: board.id } },
              body: { board_group_id: wanted ? saved.id : null },
            }),
          );
        } catch (error) {
          failed.push({ board, reason: messageOf(error) });
        }
      }
      return { group: saved, failed };
    },
    onSettled() {
      void cache.invalidateQueries({ queryKey: keys.groups });
      void cache.invalidateQueries({ queryKey: ["group"] });
      void cache.invalidateQueries({ queryKey: keys.boards });
    },
  });
}

async function saveGroup(group: BoardGroup | undefined, form: GroupForm): Promise<BoardGroup> {
  const name = form.name.trim();
  const description = form.description.trim() || null;
  if (!group) {
    return call<BoardGroup>(client.POST("/api/v1/board-groups", { body: { name, slug: "", description } }));
  }
  // The short name stays, because addresses may hold it.
  const body = {
    ...(name === group.name ? {} : { name }),
    ...(description === (group.description ?? null) ? {} : { description }),
  };
  if (Object.keys(body).length === 0) return group;
  return call<BoardGroup>(
    client.PATCH("/api/v1/board-groups/{group_id}", { params: { path: { group_id: group.id } }, body }),
  );
}

/** Deletes a group; its boards stay. */
export function useDeleteGroup() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (group: string) =>
      call(client.DELETE("/api/v1/board-groups/{group_id}", { params: { path: { group_id: group } } })),
    onSuccess() {
      void cache.invalidateQueries({ queryKey: keys.groups });
      void cache.invalidateQueries({ queryKey: keys.boards });
    },
  });
}

/** Says how often the agents of a group look for work. */
export function useApplyPace(group: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { every: string; include_board_leads: boolean }) =>
      call(client.POST("/api/v1/board-groups/{group_id}/heartbeat", { params: { path: { group_id: group } }, body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.agents }),
  });
}
