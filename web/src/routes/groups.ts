import { createRoute, redirect } from "@tanstack/react-router";
import { groupSnapshotQuery, groupsQuery } from "@/api/queries/groups";
import { parseGroupSearch, parseGroupsSearch, shownOf } from "@/features/groups/search";
import { lazyPage } from "./lazyPage";
import { shell } from "./shell";

const groups = createRoute({
  getParentRoute: () => shell,
  path: "/board-groups",
  validateSearch: parseGroupsSearch,
  loader: ({ context }) => void context.cache.prefetchQuery(groupsQuery),
  component: lazyPage(() => import("@/features/groups/GroupsPage"), "GroupsPage"),
});

const group = createRoute({
  getParentRoute: () => shell,
  path: "/board-groups/$groupId",
  validateSearch: parseGroupSearch,
  loaderDeps: ({ search }) => shownOf(search),
  loader: ({ context, params, deps }) => void context.cache.prefetchQuery(groupSnapshotQuery(params.groupId, deps)),
  component: lazyPage(() => import("@/features/groups/GroupPage"), "GroupPage"),
});

// Addresses that older links use.
const newGroup = createRoute({
  getParentRoute: () => shell,
  path: "/board-groups/new",
  beforeLoad() {
    throw redirect({ to: "/board-groups", search: { edit: "new" }, replace: true });
  },
});

const editGroup = createRoute({
  getParentRoute: () => shell,
  path: "/board-groups/$groupId/edit",
  beforeLoad({ params }) {
    throw redirect({ to: "/board-groups", search: { edit: params.groupId }, replace: true });
  },
});

/** Groups of boards. */
export const groupsRoutes = [groups, group, newGroup, editGroup] as const;
