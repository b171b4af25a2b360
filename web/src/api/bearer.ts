/** Under this name older consoles keep the token too. */
const NAME = "mc_local_auth_token";

let held: string | null = read();

function read(): string | null {
  try {
    return sessionStorage.getItem(NAME);
  } catch {
    return null;
  }
}

/** Keeps a token until the tab is closed, or forgets it. Without storage it is kept in memory only. */
export function setBearer(token: string | null): void {
  held = token;
  try {
    if (token) sessionStorage.setItem(NAME, token);
    else sessionStorage.removeItem(NAME);
  } catch {
    // Storage may be full or forbidden; memory is enough until the page is loaded again.
  }
}

/** The header with which requests prove who sends them, besides the cookie. */
export function authorization(token = held): Record<string, string> {
  return token ? { Authorization: `Bearer ${token}` } : {};
}
