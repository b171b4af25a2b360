import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { keys } from "@/api/keys";
import type { CustomField, CustomFieldCreate, CustomFieldUpdate } from "@/api/types";
import { ifUnchanged } from "@/api/version";

/** Makes a custom field. */
export function useCreateField() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: CustomFieldCreate) =>
      call(client.POST("/api/v1/organizations/me/custom-fields", { body })) as Promise<CustomField>,
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.customFields }),
  });
}

/** Changes a custom field, unless somebody else did since this row was read. The answer counts values that do not fit. */
export function useUpdateField(base: CustomField) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: CustomFieldUpdate) =>
      call(
        client.PATCH("/api/v1/organizations/me/custom-fields/{task_custom_field_definition_id}", {
          params: { path: { task_custom_field_definition_id: base.id } },
          headers: ifUnchanged(base),
          body,
        }),
      ) as Promise<CustomField>,
    onSettled: () => cache.invalidateQueries({ queryKey: keys.customFields }),
  });
}

/** Makes a change once more, and deletes the values of tasks that it leaves hidden or unfit. */
export function usePurgeValues(field: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: CustomFieldUpdate) =>
      call(
        client.PATCH("/api/v1/organizations/me/custom-fields/{task_custom_field_definition_id}", {
          params: { path: { task_custom_field_definition_id: field }, query: { purge: true } },
          body,
        }),
      ),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.customFields }),
  });
}

/** Deletes a custom field; `purge` takes the values that tasks have along. */
export function useDeleteField(field: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (purge: boolean) =>
      call(
        client.DELETE("/api/v1/organizations/me/custom-fields/{task_custom_field_definition_id}", {
          params: { path: { task_custom_field_definition_id: field }, query: { purge } },
        }),
      ),
    onSuccess: () =>
      cache.setQueryData<CustomField[]>(keys.customFields, (fields) => fields?.filter(({ id }) => id !== field)),
  });
}
