import { createRoute } from "@tanstack/react-router";
import { customFieldsQuery } from "@/api/queries/customFields";
import { membersQuery, organizationQuery } from "@/api/queries/organization";
import { tagsQuery } from "@/api/queries/tags";
import { parseSort } from "@/components/table/sort";
import { parseAuditSearch } from "@/features/audit/search";
import { parseOrganizationSearch } from "@/features/organization/search";
import { lazyPage } from "./lazyPage";
import { shell } from "./shell";

const organization = createRoute({
  getParentRoute: () => shell,
  path: "/organization",
  validateSearch: parseOrganizationSearch,
  loader({ context }) {
    void context.cache.prefetchQuery(organizationQuery);
    void context.cache.prefetchQuery(membersQuery);
  },
  component: lazyPage(() => import("@/features/organization/OrganizationPage"), "OrganizationPage"),
});

/** How a table of this page is sorted; also as older links say it. */
function sortIn(columns: readonly string[], older: string) {
  return (search: Record<string, unknown>): { sort?: string } => {
    const column = search[`${older}_sort`];
    const named = typeof column === "string" ? `${search[`${older}_dir`] === "desc" ? "-" : ""}${column}` : undefined;
    const sort = parseSort(search.sort ?? named, columns);
    return sort ? { sort } : {};
  };
}

const tags = createRoute({
  getParentRoute: () => shell,
  path: "/tags",
  validateSearch: sortIn(["name", "slug", "task_count", "updated_at"], "tags"),
  loader: ({ context }) => void context.cache.prefetchQuery(tagsQuery),
  component: lazyPage(() => import("@/features/tags/TagsPage"), "TagsPage"),
});

// Dialogs above the list, with addresses of their own.
const addTag = createRoute({
  getParentRoute: () => tags,
  path: "/add",
  component: lazyPage(() => import("@/features/tags/TagDialogs"), "AddTagDialog"),
});

const editTag = createRoute({
  getParentRoute: () => tags,
  path: "/$tagId/edit",
  component: lazyPage(() => import("@/features/tags/TagDialogs"), "EditTagDialog"),
});

const fields = createRoute({
  getParentRoute: () => shell,
  path: "/custom-fields",
  validateSearch: sortIn(["label", "type", "visibility", "boards", "updated_at"], "custom_fields"),
  loader: ({ context }) => void context.cache.prefetchQuery(customFieldsQuery),
  component: lazyPage(() => import("@/features/fields/FieldsPage"), "FieldsPage"),
});

const newField = createRoute({
  getParentRoute: () => fields,
  path: "/new",
  component: lazyPage(() => import("@/features/fields/FieldDialogs"), "NewFieldDialog"),
});

const editField = createRoute({
  getParentRoute: () => fields,
  path: "/$fieldId/edit",
  component: lazyPage(() => import("@/features/fields/FieldDialogs"), "EditFieldDialog"),
});

const audit = createRoute({
  getParentRoute: () => shell,
  path: "/audit",
  validateSearch: parseAuditSearch,
  component: lazyPage(() => import("@/features/audit/AuditPage"), "AuditPage"),
});

/** Who belongs to the organization and how it works. */
export const organizationRoutes = [
  audit,
  organization,
  tags.addChildren([addTag, editTag]),
  fields.addChildren([newField, editField]),
] as const;
