import { describe, expect, it } from "vitest";
import { complete, handleOf, matching, mentionAt, mentionsOf } from "./mentions";

const MENTIONS = mentionsOf([
  { name: "Nova Prime", is_board_lead: true },
  { name: "Böb", is_board_lead: false },
  { name: "7 of 9", is_board_lead: false },
]);

describe("mentions", () => {
  it("offers the lead first, then everybody who has a name that can be called", () => {
    expect(MENTIONS.map((mention) => mention.handle)).toEqual(["lead", "böb", "nova"]);
    expect(handleOf("O'Neil Jack")).toBe("oneil");
  });

  it.each([
    ["@", "", 0],
    ["Hi @no", "no", 3],
    ["(@Nova", "nova", 1],
  ])("sees that %j is being typed", (text, typed, at) => {
    expect(mentionAt(text, text.length)).toEqual({ at, text: typed });
  });

  it.each(["mail me@nova", "@nova ", "nova", "a@@b"])("sees none in %j", (text) => {
    expect(mentionAt(text, text.length)).toBeNull();
  });

  it("puts the name in place of what was typed, where the cursor is", () => {
    const text = "Ask @no about it";
    const query = mentionAt(text, 7);
    expect(query && matching(MENTIONS, query).map((mention) => mention.handle)).toEqual(["lead", "nova"]);
    const done = query && complete(text, 7, query, { handle: "nova", name: "Nova Prime" });
    expect(done).toEqual({ text: "Ask @nova about it", cursor: 10 });
  });
});
