import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import http from "node:http";
import { expect, type Page } from "@playwright/test";
import { required } from "./console";

/** What somebody who has come from the server's sign-in page is to be sent back with. */
interface Departure {
  email: string;
  nonce: string;
  challenge: string;
  redirectUri: string;
  clientId: string;
}

/** An identity provider of OpenID Connect that believes whatever address somebody types. */
export class Provider {
  private readonly keyId = randomUUID();
  private readonly keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  private readonly departures = new Map<string, Departure>();
  private readonly server = http.createServer((request, response) => void this.serve(request, response));
  private readonly issuer = required("MC_E2E_PROVIDER");

  static async start(): Promise<Provider> {
    const provider = new Provider();
    const { hostname, port } = new URL(provider.issuer);
    await new Promise<void>((done) => provider.server.listen(Number(port), hostname, done));
    return provider;
  }

  /** Goes away; who signs in meanwhile is told so. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((done) => this.server.close(() => done()));
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.issuer);
    const json = (body: object) => response.setHeader("Content-Type", "application/json").end(JSON.stringify(body));
    switch (url.pathname) {
      case "/.well-known/openid-configuration":
        return void json({
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/authorize`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/keys`,
        });
      case "/keys": {
        const key = this.keys.publicKey.export({ format: "jwk" });
        return void json({ keys: [{ ...key, kid: this.keyId, alg: "ES256", use: "sig" }] });
      }
      case "/authorize":
        return void response.setHeader("Content-Type", "text/html").end(askWho(url.searchParams));
      case "/decide":
        return void response.writeHead(303, { Location: this.decide(url.searchParams) }).end();
      case "/token":
        return void json(this.exchange(new URLSearchParams(await textOf(request))));
      default:
        return void response.writeHead(404).end();
    }
  }

  /** Where a browser goes once its person has said who they are, or has given up. */
  private decide(said: URLSearchParams): string {
    const back = new URL(said.get("redirect_uri") as string);
    back.searchParams.set("state", said.get("state") as string);
    if (said.has("cancel")) {
      back.searchParams.set("error", "access_denied");
      return back.href;
    }
    const code = randomUUID();
    this.departures.set(code, {
      email: said.get("email") as string,
      nonce: said.get("nonce") as string,
      challenge: said.get("code_challenge") as string,
      redirectUri: said.get("redirect_uri") as string,
      clientId: said.get("client_id") as string,
    });
    back.searchParams.set("code", code);
    return back.href;
  }

  /** The tokens for a code, once, for whoever has begun the way (RFC 7636). */
  private exchange(form: URLSearchParams): object {
    const code = form.get("code") ?? "";
    const departure = this.departures.get(code);
    this.departures.delete(code);
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (departure?.challenge !== challenge || departure.redirectUri !== form.get("redirect_uri")) {
      return { error: "invalid_grant" };
    }
    const now = Math.floor(Date.now() / 1000);
    const idToken = this.signed({
      iss: this.issuer,
      aud: departure.clientId,
      sub: departure.email,
      nonce: departure.nonce,
      iat: now,
      exp: now + 300,
      email: departure.email,
      email_verified: true,
      name: departure.email.split(/[.@]/)[0],
    });
    return { id_token: idToken, access_token: randomUUID(), token_type: "Bearer" };
  }

  private signed(claims: object): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const text = `${part({ alg: "ES256", kid: this.keyId })}.${part(claims)}`;
    const signature = sign("sha256", Buffer.from(text), { key: this.keys.privateKey, dsaEncoding: "ieee-p1363" });
    return `${text}.${signature.toString("base64url")}`;
  }
}

/** The provider's page, which keeps what the server has sent along. */
function askWho(sent: URLSearchParams): string {
  const kept = [...sent].map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`);
  return `<!doctype html><title>Provider</title><form action="/decide">${kept.join("")}
    <label>Address at the provider <input name="email"></label>
    <button>Continue</button><button name="cancel" value="1">Cancel</button></form>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

async function textOf(request: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

/** From the sign-in page to the provider, and back as somebody. */
export async function passProvider(page: Page, email: string): Promise<void> {
  await page.getByRole("link", { name: "Sign in with single sign-on" }).click();
  await page.getByLabel("Address at the provider").fill(email);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).not.toHaveURL(/\/(authorize|decide)\?/);
}
