/** How this build was set up, for a console that is served from another place than its server. */
export interface BuildSettings {
  NEXT_PUBLIC_API_URL?: string;
  NEXT_PUBLIC_AUTH_MODE?: string;
}

interface Place {
  protocol: string;
  hostname: string;
  port: string;
  origin: string;
}

/** The port on which a server listens unless it is told otherwise. */
const SERVER_PORT = "8000";

/**
 * Where the server is. Without a setting it served this page. `auto` means the same host: the same origin on the usual
 * ports, behind which a proxy knows both, else port 8000. Anything else is an address; null when it is none.
 */
export function apiOrigin(setting: string | undefined, page: Place): string | null {
  const text = setting?.trim() ?? "";
  if (!text) return page.origin;
  if (text.toLowerCase() === "auto") {
    return page.port && page.port !== SERVER_PORT ? `${page.protocol}//${page.hostname}:${SERVER_PORT}` : page.origin;
  }
  const bare = text.replace(/\/+$/, "");
  try {
    const url = new URL(bare);
    return url.protocol === "http:" || url.protocol === "https:" ? bare : null;
  } catch {
    return null;
  }
}

/** What does not fit between this build and its server, in a sentence with a remedy; null when all fits. */
export function mismatch(
  build: BuildSettings,
  server: { auth_mode: string } | undefined,
  elsewhere: boolean,
): string | null {
  if (!server) return null;
  const wanted = build.NEXT_PUBLIC_AUTH_MODE?.trim();
  const mode = wanted === "local" ? "local" : "clerk";
  if (wanted && mode !== server.auth_mode) {
    return `This console was built for sign-in with ${NAMES[mode]} (NEXT_PUBLIC_AUTH_MODE), but the server signs people in with ${NAMES[server.auth_mode] ?? server.auth_mode} (AUTH_MODE). Set both to the same and build the console again.`;
  }
  if (elsewhere && server.auth_mode === "oidc") {
    return "This server signs people in with single sign-on, which needs the console that the server itself serves. Open the server's own address.";
  }
  return null;
}

const NAMES: Record<string, string> = { local: "an access token", clerk: "Clerk", oidc: "single sign-on" };

/** The settings of this build. */
export const BUILD: BuildSettings = import.meta.env;

const found = apiOrigin(BUILD.NEXT_PUBLIC_API_URL, globalThis.location);

/** Whether the address of the server in this build cannot be used. */
export const hasBadOrigin = found === null;

/** The origin of the server. */
export const API_ORIGIN = found ?? globalThis.location.origin;

/** Whether this page was served from another place than its server: then a bearer token takes the place of the cookie. */
export const isElsewhere = API_ORIGIN !== globalThis.location.origin;

/** Something that the server serves itself, such as its API reference. */
export function serverLink(path: string): string {
  return isElsewhere ? API_ORIGIN + path : path;
}
