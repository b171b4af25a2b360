import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { call, client } from "@/api/client";
import { messageOf } from "@/api/errors";
import { keys } from "@/api/keys";
import { notifyError, notifySuccess } from "@/lib/notify";
import { enterOrganization } from "@/live/connection";

/** Gives a failed job all its attempts again. */
export function useRetryJob() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      call(client.POST("/api/v1/system/jobs/{job_id}/retry", { params: { path: { job_id: id } } })),
    onSuccess: () => notifySuccess("The job runs again."),
    onError: (error) => notifyError(messageOf(error)),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.system }),
  });
}

/** Removes a job; what it was to do is not done. */
export function useDiscardJob() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      call(client.DELETE("/api/v1/system/jobs/{job_id}", { params: { path: { job_id: id } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.system }),
  });
}

/** Goes to the boards of the demo, which is made first when there is none. */
export function useOpenDemo() {
  const cache = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (present: string | undefined) => {
      const id = present ?? (await call(client.POST("/api/v1/system/demo"))).organization_id;
      await call(client.PATCH("/api/v1/organizations/me/active", { body: { organization_id: id } }));
      return id;
    },
    async onSuccess(id) {
      await navigate({ to: "/boards" });
      await enterOrganization(cache, id);
    },
  });
}

/** Removes the demo; who looked at it is in another organization afterwards. */
export function useRemoveDemo() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => call(client.DELETE("/api/v1/system/demo")),
    onSuccess: () => enterOrganization(cache, null),
  });
}
