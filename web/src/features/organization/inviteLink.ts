const KEY = "mc.invite";

/**
 * The link that an invited person opens. The token stands behind the `#`, which browsers send to no server, so that no
 * log of a proxy gets it.
 */
export function inviteLink(token: string, origin: string): string {
  return `${origin}/invite#token=${encodeURIComponent(token)}`;
}

/** The token in an address: behind the `#`, or in the query as in links of older servers. */
export function tokenIn(address: URL): string | null {
  const hash = new URLSearchParams(address.hash.replace(/^#/, ""));
  return hash.get("token")?.trim() || address.searchParams.get("token")?.trim() || null;
}

/** Keeps the token for this tab while the person signs in. */
export function keepToken(token: string): void {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // Without storage the person enters the token by hand after signing in.
  }
}

/** The token that was kept for this tab. */
export function keptToken(): string {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** Forgets the token that was kept. */
export function forgetToken(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept then.
  }
}
