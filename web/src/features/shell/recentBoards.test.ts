import { describe, expect, it } from "vitest";
import { shortList } from "./recentBoards";

const boards = ["a", "b", "c", "d", "e"].map((id) => ({ id }));

describe("shortList", () => {
  it("keeps the boards that were opened last, in the order of the list", () => {
    expect(shortList(boards, ["e", "gone", "c"], 2).map(({ id }) => id)).toEqual(["c", "e"]);
  });

  it("fills up with the first ones", () => {
    expect(shortList(boards, ["e"], 3).map(({ id }) => id)).toEqual(["a", "b", "e"]);
    expect(shortList(boards, [], 9)).toEqual(boards);
  });
});
