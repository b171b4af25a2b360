import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, client, type Page } from "@/api/client";
import { keys } from "@/api/keys";
import type { Invite, InviteCreate, Member, MemberAccess, OrganizationDetail, Role } from "@/api/types";

/** Invites a person; the answer has the token for the link. */
export function useInvite() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: InviteCreate) =>
      call(client.POST("/api/v1/organizations/me/invites", { body })) as Promise<Invite>,
    // An earlier invite of the same address has ended with this one.
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.invites }),
  });
}

/** Takes an invite back. */
export function useRevokeInvite() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (invite: string) =>
      call(client.DELETE("/api/v1/organizations/me/invites/{invite_id}", { params: { path: { invite_id: invite } } })),
    onSuccess: (_, invite) =>
      patchPage<Invite>(cache, keys.invites, (items) => items.filter(({ id }) => id !== invite)),
  });
}

/** Gives a member another role. */
export function useChangeRole(member: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (role: Role) =>
      call(
        client.PATCH("/api/v1/organizations/me/members/{member_id}", {
          params: { path: { member_id: member } },
          body: { role },
        }),
      ) as Promise<Member>,
    onSuccess: () => rereadMembers(cache),
  });
}

/** Sets all rights of a member on boards. */
export function useSetAccess(member: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: MemberAccess) =>
      call(
        client.PUT("/api/v1/organizations/me/members/{member_id}/access", {
          params: { path: { member_id: member } },
          body,
        }),
      ) as Promise<Member>,
    onSuccess: () => rereadMembers(cache),
  });
}

/** Puts a member out of the organization. */
export function useRemoveMember(member: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () =>
      call(client.DELETE("/api/v1/organizations/me/members/{member_id}", { params: { path: { member_id: member } } })),
    onSuccess: () => patchPage<Member>(cache, keys.members, (items) => items.filter(({ id }) => id !== member)),
  });
}

/** Makes another member an owner, and the signed-in one an administrator. */
export function useHandOver() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (member: string) =>
      call(client.POST("/api/v1/organizations/me/transfer", { body: { member_id: member } })),
    onSuccess: () => rereadMembers(cache),
  });
}

/** Gives the active organization another name. */
export function useRename() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      call(client.PATCH("/api/v1/organizations/me", { body: { name } })) as Promise<OrganizationDetail>,
    onSuccess(saved) {
      cache.setQueryData(keys.organization, saved);
      return cache.invalidateQueries({ queryKey: keys.organizations });
    },
  });
}

type Cache = ReturnType<typeof useQueryClient>;

async function rereadMembers(cache: Cache): Promise<void> {
  await Promise.all(
    [keys.members, keys.membership, keys.organizations].map((queryKey) => cache.invalidateQueries({ queryKey })),
  );
}

function patchPage<T>(cache: Cache, key: readonly string[], change: (items: T[]) => T[]): void {
  cache.setQueryData<Page<T>>(key, (page) => {
    if (!page) return page;
    const items = change(page.items);
    return { items, total: page.total - (page.items.length - items.length) };
  });
}
