import { describe, expect, it } from "vitest";
import type { Board } from "@/api/types";
import { parseBoardsSearch, sortBoards } from "./search";

const board = (name: string, updated_at: string) => ({ name, updated_at }) as Board;

describe("sortBoards", () => {
  const boards = [board("B 10", "2026-01-02"), board("B 9", "2026-01-03"), board("A", "2026-01-01")];
  const names = (sort?: "group" | "updated") =>
    sortBoards(boards, sort, ({ name }) => (name === "B 10" ? "Zeta" : name === "A" ? "Alpha" : undefined)).map(
      ({ name }) => name,
    );

  it("goes by name as people count, by the last change, or by group with those without at the end", () => {
    expect(names()).toEqual(["A", "B 9", "B 10"]);
    expect(names("updated")).toEqual(["B 9", "B 10", "A"]);
    const together = ["C", "B", "A"].map((name) => board(name, "2026-01-02"));
    expect(sortBoards(together, "updated", () => undefined).map(({ name }) => name)).toEqual(["A", "B", "C"]);
    expect(names("group")).toEqual(["A", "B 10", "B 9"]);
  });
});

describe("parseBoardsSearch", () => {
  it("takes what a link can carry and drops the rest", () => {
    expect(parseBoardsSearch({ create: true, q: " 7 ", sort: "updated" })).toEqual({
      create: true,
      q: " 7 ",
      sort: "updated",
    });
    expect(parseBoardsSearch({ create: "yes", q: " ", sort: "luck", x: 1 })).toEqual({});
  });
});
