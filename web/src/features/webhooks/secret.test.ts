// @vitest-environment node
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { curlCommand, generateSecret, isHeaderName } from "./secret";

describe("generateSecret", () => {
  it("turns 32 random bytes into hexadecimal digits", () => {
    expect(generateSecret((bytes) => bytes.fill(7))).toBe("07".repeat(32));
    expect(generateSecret()).not.toBe(generateSecret());
  });
});

describe("curlCommand", () => {
  it("signs as the server checks, also with quotes in the secret", () => {
    const secret = `it's "secret" $HOME`;
    const command = curlCommand({ url: "http://x/y", signed: true, signatureHeader: null, secret });
    // curl is replaced by echo, so that the shell shows what would be sent.
    const output = execFileSync("bash", ["-c", command.replace("curl", "echo")], { encoding: "utf8" });
    const body = '{"event":"deploy.finished","status":"ok"}';
    const signature = createHmac("sha256", secret).update(body).digest("hex");
    expect(output).toContain(`X-Hub-Signature-256: sha256=${signature}`);
    expect(output).toContain(`--data-raw ${body}`);
  });

  it("leaves the signature out where none is needed", () => {
    expect(curlCommand({ url: "http://x", signed: false, signatureHeader: null, secret: null })).not.toContain(
      "openssl",
    );
  });

  it("reads an unknown secret from the environment and uses the webhook's header", () => {
    const command = curlCommand({ url: "http://x", signed: true, signatureHeader: "X-My-Sign", secret: null });
    expect(command).toContain('-hmac "$WEBHOOK_SECRET"');
    expect(command).toContain("X-My-Sign: sha256=$signature");
  });
});

it.each([
  ["X-Hub-Signature-256", true],
  ["x my header", false],
  ["Größe", false],
  ["", false],
])("isHeaderName(%j) is %s", (name, expected) => {
  expect(isHeaderName(name)).toBe(expected);
});
