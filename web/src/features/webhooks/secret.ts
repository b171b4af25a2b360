/** Random bytes of a generated secret. */
const BYTES = 32;

/** A new webhook secret: 64 hexadecimal digits from the browser's source of randomness. */
export function generateSecret(
  random: (bytes: Uint8Array<ArrayBuffer>) => void = (bytes) => crypto.getRandomValues(bytes),
): string {
  const bytes = new Uint8Array(BYTES);
  random(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The header in which the server looks for a signature when the webhook names none. */
export const DEFAULT_SIGNATURE_HEADER = "X-Hub-Signature-256";

interface CurlOptions {
  url: string;
  signed: boolean;
  signatureHeader: string | null;
  /** The clear secret, while it is known; without it the command reads `$WEBHOOK_SECRET`. */
  secret: string | null;
}

/** Shell commands that send an example to a webhook, with the signature made by openssl where one is needed. */
export function curlCommand({ url, signed, signatureHeader, secret }: CurlOptions): string {
  const body = `body='{"event":"deploy.finished","status":"ok"}'`;
  const post = [`curl -X POST ${quote(url)}`, `-H 'Content-Type: application/json'`];
  if (!signed) return [body, [...post, `--data-raw "$body"`].join(" \\\n  ")].join("\n");
  const key = secret === null ? `"$WEBHOOK_SECRET"` : quote(secret);
  return [
    body,
    `signature=$(printf '%s' "$body" | openssl dgst -sha256 -hmac ${key} | sed 's/^.* //')`,
    [...post, `-H "${signatureHeader ?? DEFAULT_SIGNATURE_HEADER}: sha256=$signature"`, `--data-raw "$body"`].join(
      " \\\n  ",
    ),
  ].join("\n");
}

/** Whether a text can be the name of an HTTP header. */
export function isHeaderName(text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
