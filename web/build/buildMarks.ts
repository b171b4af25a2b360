import type { Plugin } from "vite";

/** Where the page says for which server it was built: `mission-control check --console` compares it with the server. */
const MARKS = { NEXT_PUBLIC_API_URL: "mission-control-api-url", NEXT_PUBLIC_AUTH_MODE: "mission-control-auth-mode" };

/** Writes the settings of a build for another origin into its page. */
export function buildMarks(): Plugin {
  let env: Record<string, string | undefined> = {};
  return {
    name: "build-marks",
    apply: "build",
    configResolved(config) {
      env = config.env;
    },
    transformIndexHtml: () =>
      Object.entries(MARKS).flatMap(([variable, name]) => {
        const content = env[variable]?.trim();
        return content ? [{ tag: "meta", attrs: { name, content }, injectTo: "head" as const }] : [];
      }),
  };
}
