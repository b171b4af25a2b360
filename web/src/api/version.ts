const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/;

/**
 * The headers of a change that is to happen only if the thing is still as this row says; else the server answers 412.
 * The server's entity tag is the time of the last change (see docs/api-design.md), so rows of lists have it too.
 */
export function ifUnchanged(row: { updated_at: string }): Record<string, string> {
  const match = TIME.exec(row.updated_at);
  if (!match) return {};
  const microseconds = BigInt(Date.parse(`${match[1]}Z`)) * 1000n + BigInt((match[2] ?? "").padEnd(6, "0"));
  return { "If-Match": `"${microseconds.toString(16)}"` };
}
