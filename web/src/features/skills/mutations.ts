import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { keys } from "@/api/keys";
import type { Pack, PackCreate, PackSync, PackUpdate, SkillCreate } from "@/api/types";

/** Asks a gateway to install a skill, or to remove it. Its agent reports later; the event stream says so. */
export function useAskGateway(skill: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ gateway, wish }: { gateway: string; wish: "install" | "uninstall" }) => {
      const params = { path: { skill_id: skill }, query: { gateway_id: gateway } };
      return wish === "install"
        ? call(client.POST("/api/v1/skills/marketplace/{skill_id}/install", { params }))
        : call(client.POST("/api/v1/skills/marketplace/{skill_id}/uninstall", { params }));
    },
    onSettled: () => cache.invalidateQueries({ queryKey: keys.skills }),
  });
}

/** Adds a skill by its address. */
export function useAddSkill() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: SkillCreate) => call(client.POST("/api/v1/skills/marketplace", { body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.skills }),
  });
}

/** Takes a skill off the list. Gateways keep it. */
export function useDeleteSkill() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (skill: string) =>
      call(client.DELETE("/api/v1/skills/marketplace/{skill_id}", { params: { path: { skill_id: skill } } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.skills }),
  });
}

/** Adds a pack. */
export function useCreatePack() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: PackCreate) => call<Pack>(client.POST("/api/v1/skills/packs", { body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.packs }),
  });
}

/** Changes a pack. Only what is given is sent. */
export function useUpdatePack(pack: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: PackUpdate) =>
      call<Pack>(client.PATCH("/api/v1/skills/packs/{pack_id}", { params: { path: { pack_id: pack } }, body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.packs }),
  });
}

/** Removes a pack; its skills stay on the list. */
export function useDeletePack() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (pack: string) =>
      call(client.DELETE("/api/v1/skills/packs/{pack_id}", { params: { path: { pack_id: pack } } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.packs }),
  });
}

/** How reading one pack went. */
export interface SyncOutcome {
  pack: Pack;
  result?: PackSync;
  error?: unknown;
}

/** Reads packs one after the other and tells how each went; one that cannot be read does not stop the others. */
export function useSyncPacks(onOutcome: (outcome: SyncOutcome) => void) {
  const cache = useQueryClient();
  return useMutation({
    async mutationFn(packs: Pack[]) {
      for (const pack of packs) {
        try {
          const result = await call(
            client.POST("/api/v1/skills/packs/{pack_id}/sync", { params: { path: { pack_id: pack.id } } }),
          );
          onOutcome({ pack, result });
        } catch (error) {
          onOutcome({ pack, error });
        }
      }
    },
    onSettled() {
      void cache.invalidateQueries({ queryKey: keys.packs });
      void cache.invalidateQueries({ queryKey: keys.skills });
    },
  });
}
