import { expect, it } from "vitest";
import { auditFilter, parseAuditSearch } from "./search";

const id = "0190f3a0-0000-7000-8000-000000000001";

it("leaves out of the address what makes no sense", () => {
  expect(parseAuditSearch({ subject: "nonsense", actor: "me", period: "week", q: "", entry: id, other: 1 })).toEqual({
    period: "week",
    entry: id,
  });
});

it("asks the server for it", () => {
  const now = new Date("2026-11-21T12:34:56Z");
  expect(auditFilter({ subject: "signins", actor: id, target: id, q: "ada", period: "day" }, now)).toEqual({
    kind: "auth.,session.",
    actor_id: id,
    target_id: id,
    q: "ada",
    since: "2026-11-20T12:00:00.000Z",
  });
  expect(auditFilter({}, now)).toEqual({});
});
