import { createRoute, redirect } from "@tanstack/react-router";
import { packsQuery } from "@/api/queries/skills";
import { parseMarketplaceSearch, parsePacksSearch } from "@/features/skills/search";
import { lazyPage } from "./lazyPage";
import { shell } from "./shell";

const marketplace = createRoute({
  getParentRoute: () => shell,
  path: "/skills/marketplace",
  validateSearch: parseMarketplaceSearch,
  component: lazyPage(() => import("@/features/skills/MarketplacePage"), "MarketplacePage"),
});

const packs = createRoute({
  getParentRoute: () => shell,
  path: "/skills/packs",
  validateSearch: parsePacksSearch,
  loader: ({ context }) => void context.cache.prefetchQuery(packsQuery),
  component: lazyPage(() => import("@/features/skills/PacksPage"), "PacksPage"),
});

// Addresses that older links use.
const skills = createRoute({
  getParentRoute: () => shell,
  path: "/skills",
  beforeLoad() {
    throw redirect({ to: "/skills/marketplace", replace: true });
  },
});

const newPack = createRoute({
  getParentRoute: () => shell,
  path: "/skills/packs/new",
  beforeLoad() {
    throw redirect({ to: "/skills/packs", search: { edit: "new" }, replace: true });
  },
});

const newFromMarketplace = createRoute({
  getParentRoute: () => shell,
  path: "/skills/marketplace/new",
  beforeLoad() {
    throw redirect({ to: "/skills/packs", search: { edit: "new" }, replace: true });
  },
});

const editPack = createRoute({
  getParentRoute: () => shell,
  path: "/skills/packs/$packId/edit",
  beforeLoad({ params }) {
    throw redirect({ to: "/skills/packs", search: { edit: params.packId }, replace: true });
  },
});

const editSkill = createRoute({
  getParentRoute: () => shell,
  path: "/skills/marketplace/$skillId/edit",
  beforeLoad() {
    throw redirect({ to: "/skills/marketplace", replace: true });
  },
});

/** Skills for agents and the packs that list them. */
export const skillsRoutes = [marketplace, packs, skills, newPack, newFromMarketplace, editPack, editSkill] as const;
