/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** The address of the server, when it does not serve the console itself; see `api/origin.ts`. */
  readonly NEXT_PUBLIC_API_URL?: string;
  /** How people sign in, as the build expects it. */
  readonly NEXT_PUBLIC_AUTH_MODE?: string;
}
