/** What of Clerk's own script is used here. */
interface Clerk {
  load(): Promise<void>;
  session?: { getToken(): Promise<string | null> } | null;
  openSignIn(props?: object): void;
  closeSignIn(): void;
  addListener(listener: (state: { session?: Clerk["session"] }) => void): () => void;
  signOut(): Promise<void>;
}

/** What the server tells about Clerk. */
export interface ClerkPlace {
  key: string;
  frontend: string;
}

declare global {
  interface Window {
    Clerk?: Clerk;
  }
}

/** The Clerk application that a configuration names, when people sign in there. */
export function clerkPlace(config: object | undefined): ClerkPlace | null {
  const found = config as { clerk_publishable_key?: string | null; clerk_frontend?: string | null } | undefined;
  return found?.clerk_publishable_key && found.clerk_frontend
    ? { key: found.clerk_publishable_key, frontend: found.clerk_frontend }
    : null;
}

function script(place: ClerkPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = `https://${place.frontend}/npm/@clerk/clerk-js@5/dist/clerk.browser.js`;
    element.async = true;
    element.crossOrigin = "anonymous";
    element.dataset.clerkPublishableKey = place.key;
    element.addEventListener("load", () => resolve());
    element.addEventListener("error", () => {
      element.remove();
      reject(new Error("Clerk cannot be reached."));
    });
    document.head.append(element);
  });
}

/** Lets a person sign in with Clerk's own dialog, and gives the session token, which lives for a minute. */
export async function clerkToken(place: ClerkPlace): Promise<string> {
  if (!window.Clerk) await script(place);
  const clerk = window.Clerk;
  if (!clerk) throw new Error("Clerk cannot be reached.");
  await clerk.load();
  const session = clerk.session ?? (await signedIn(clerk));
  const token = await session.getToken();
  if (!token) throw new Error("Clerk gave no token. Try again.");
  return token;
}

function signedIn(clerk: Clerk): Promise<NonNullable<Clerk["session"]>> {
  return new Promise((resolve) => {
    const stop = clerk.addListener(({ session }) => {
      if (!session) return;
      stop();
      clerk.closeSignIn();
      resolve(session);
    });
    clerk.openSignIn();
  });
}

/** Ends the session at Clerk too, if its script was loaded here. */
export async function leaveClerk(): Promise<void> {
  await window.Clerk?.signOut().catch(() => undefined);
}
