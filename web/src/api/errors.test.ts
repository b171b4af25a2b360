import { describe, expect, it } from "vitest";
import { toApiError } from "./errors";

const NONE = new Headers();

describe("toApiError", () => {
  it("takes a text as it is, with the request's id", () => {
    const error = toApiError(403, { detail: "No access.", request_id: "r1" }, NONE);
    expect(error).toMatchObject({ message: "No access.", status: 403, requestId: "r1" });
  });

  it("names the fields of a validation error", () => {
    const detail = [
      { type: "missing", loc: ["body", "name"], msg: "Field required", input: {} },
      { type: "value_error", loc: ["body"], msg: "Nothing given" },
    ];
    const error = toApiError(422, { detail }, NONE);
    expect(error.message).toBe("name: Field required; Nothing given");
    expect(error.field("name")).toBe("Field required");
  });

  it("reads the blockers of a refused move", () => {
    const error = toApiError(409, { detail: { message: "Blocked", blocked_by_task_ids: ["t1", 2] } }, NONE);
    expect(error).toMatchObject({ message: "Blocked", blockedByTaskIds: ["t1"] });
  });

  it("says in a sentence what the bare name of a status means", () => {
    expect(toApiError(404, { detail: "Not Found" }, NONE).message).toMatch(/does not exist/);
  });

  it("finds words for answers that are not ours, such as a proxy's", () => {
    expect(toApiError(502, "<html>", NONE).message).toMatch(/did not answer/);
    expect(toApiError(599, undefined, new Headers({ "x-request-id": "r2" }))).toMatchObject({
      message: "The server answered with status 599.",
      requestId: "r2",
    });
  });

  it("knows how long to wait", () => {
    expect(toApiError(429, {}, new Headers({ "retry-after": "12" })).retryAfterSeconds).toBe(12);
  });
});
