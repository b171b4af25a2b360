import { describe, expect, it } from "vitest";
import { parseQuickTask } from "./quickAdd";

const AGENTS = [{ id: "a1", name: "Nova Prime" }];
const TAGS = [{ id: "g1", name: "Big Money", slug: "big-money" }];
// A Tuesday.
const NOW = new Date(2026, 2, 10, 15, 0);
const read = (line: string) => parseQuickTask(line, AGENTS, TAGS, NOW);

describe("parseQuickTask", () => {
  it("takes assignee, tag, priority and due date out of the line, wherever they stand", () => {
    const task = read("!high Call @nova the bank  #big-money due fri");
    expect(task.title).toBe("Call the bank");
    expect(task.changes).toEqual({
      priority: "high",
      assigned_agent_id: "a1",
      tag_ids: ["g1"],
      due_at: new Date(2026, 2, 13).toISOString(),
    });
    expect(task.understood).toHaveLength(4);
  });

  it("loses no word that names nobody and nothing", () => {
    for (const line of ["Ask @sam about #unknown !now", "Pay what is due soon", "Mail a@nova.com", "due", "@ # !"]) {
      expect(read(line)).toEqual({ title: line, changes: {}, understood: [] });
    }
  });

  it.each([
    ["today", new Date(2026, 2, 10)],
    ["tomorrow", new Date(2026, 2, 11)],
    ["tue", new Date(2026, 2, 17)],
    ["Wednesday", new Date(2026, 2, 11)],
    ["2026-12-24", new Date(2026, 11, 24)],
  ])("knows the day %s", (word, day) => {
    expect(read(`x due ${word}`).changes.due_at).toBe(day.toISOString());
  });

  it.each(["2026-02-30", "monkey", "tu"])("does not take %s for a day", (word) => {
    expect(read(`x due ${word}`).title).toBe(`x due ${word}`);
  });
});
