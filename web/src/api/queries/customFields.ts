import { queryOptions } from "@tanstack/react-query";
import { call, client } from "../client";
import { keys } from "../keys";
import type { CustomField } from "../types";
import { QUIET_MINUTES } from "./common";

/** Every custom field of the organization, each with its boards. */
export const customFieldsQuery = queryOptions({
  queryKey: keys.customFields,
  queryFn: ({ signal }) =>
    call(client.GET("/api/v1/organizations/me/custom-fields", { signal })) as Promise<CustomField[]>,
  staleTime: QUIET_MINUTES,
});
