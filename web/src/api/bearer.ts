import { tabValue } from "@/lib/tabValue";

// Under this name older consoles keep the token too.
const bearer = tabValue("mc_local_auth_token");

/** Keeps a token until the tab is closed, or forgets it. */
export const setBearer = bearer.set;

/** The header with which requests prove who sends them, besides the cookie. */
export function authorization(token = bearer.get()): Record<string, string> {
  return token ? { Authorization: `Bearer ${token}` } : {};
}
