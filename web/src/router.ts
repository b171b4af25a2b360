import type { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";
import { ErrorPage } from "./features/shell/ErrorPage";
import { boardsRoutes } from "./routes/boards";
import { entryRoutes, invite, onboarding, signIn } from "./routes/entry";
import { fleetRoutes } from "./routes/fleet";
import { groupsRoutes } from "./routes/groups";
import { interviewRoutes } from "./routes/interview";
import { organizationRoutes } from "./routes/organization";
import { overviewRoutes } from "./routes/overview";
import { root, shell } from "./routes/shell";
import { skillsRoutes } from "./routes/skills";
import { systemRoutes } from "./routes/system";

const routes = root.addChildren([
  signIn,
  invite,
  onboarding,
  shell.addChildren([
    ...entryRoutes,
    ...overviewRoutes,
    ...interviewRoutes,
    ...skillsRoutes,
    ...boardsRoutes,
    ...groupsRoutes,
    ...fleetRoutes,
    ...organizationRoutes,
    ...systemRoutes,
  ]),
]);

/** The pages of the console and what each reads before it is shown. */
export function createConsoleRouter(cache: QueryClient) {
  return createRouter({
    routeTree: routes,
    context: { cache },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: ErrorPage,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
