import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { keys } from "@/api/keys";
import type { SignedIn, User, UserUpdate } from "@/api/types";
import { setProfileZone } from "@/lib/zone";

/** Changes the profile of the signed-in user. Only what is given is sent. */
export function useSaveProfile() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: UserUpdate) => call<User>(client.PATCH("/api/v1/users/me", { body })),
    onSuccess(saved) {
      cache.setQueryData<SignedIn>(keys.session, (signedIn) => (signedIn ? { ...signedIn, user: saved } : signedIn));
      setProfileZone(saved.timezone);
      void cache.invalidateQueries({ queryKey: keys.members });
    },
  });
}
