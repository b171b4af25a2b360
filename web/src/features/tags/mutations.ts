import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, client, type Page } from "@/api/client";
import { keys } from "@/api/keys";
import type { Tag, TagCreate, TagUpdate } from "@/api/types";
import { ifUnchanged } from "@/api/version";

/** Makes a tag. */
export function useCreateTag() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: TagCreate) => call<Tag>(client.POST("/api/v1/tags", { body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.tags }),
  });
}

/** Changes a tag, unless somebody else did since this row was read. */
export function useUpdateTag(base: Tag) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: TagUpdate) =>
      call<Tag>(
        client.PATCH("/api/v1/tags/{tag_id}", {
          params: { path: { tag_id: base.id } },
          headers: ifUnchanged(base),
          body,
        }),
      ),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.tags }),
  });
}

/** Deletes a tag; tasks lose it. */
export function useDeleteTag(tag: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => call(client.DELETE("/api/v1/tags/{tag_id}", { params: { path: { tag_id: tag } } })),
    onSuccess: () =>
      cache.setQueryData<Page<Tag>>(keys.tags, (page) =>
        page ? { items: page.items.filter(({ id }) => id !== tag), total: Math.max(page.total - 1, 0) } : page,
      ),
  });
}
