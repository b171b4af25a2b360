import { describe, expect, it } from "vitest";
import type { System } from "@/api/types";
import { postgresVersion, warningsOf } from "./describe";
import { parseSystemSearch } from "./search";

const system = (changes: Partial<System>) =>
  ({ base_url: "https://mc.example.com", dead_jobs: 0, ...changes }) as System;

describe("the state of the installation", () => {
  it("has no warnings when all is well", () => {
    expect(warningsOf(system({}))).toEqual([]);
  });

  it("warns of an address that others cannot reach, of plain HTTP, and of failed jobs", () => {
    expect(warningsOf(system({ base_url: "http://localhost:8000" }))[0]).toContain("BASE_URL");
    expect(warningsOf(system({ base_url: "http://mc.example.com" }))[0]).toContain("not encrypted");
    expect(warningsOf(system({ dead_jobs: 1 }))[0]).toContain("1 background job has failed");
  });

  it("writes versions of PostgreSQL as people do", () => {
    expect([postgresVersion(170_002), postgresVersion(null)]).toEqual(["17.2", ""]);
  });

  it("reads which jobs are listed", () => {
    expect([parseSystemSearch({ jobs: "queued" }), parseSystemSearch({ jobs: "all" })]).toEqual([
      { jobs: "queued" },
      {},
    ]);
  });
});
