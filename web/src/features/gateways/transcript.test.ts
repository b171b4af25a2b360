import { expect, it } from "vitest";
import { agentKeyOf, entriesOf, factsOf } from "./transcript";

it("reads what every version of gateways says", () => {
  const entries = entriesOf([
    { role: "user", content: "Wake up", timestamp: 1_700_000_000_000 },
    { role: "user", content: [{ type: "text", text: "in parts" }] },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Hm." },
        { type: "text", text: "I look." },
        { type: "toolCall", id: "1", name: "exec", arguments: { command: "ls" } },
      ],
    },
    { role: "toolResult", toolName: "exec", content: [{ type: "text", text: "no such file" }], isError: true },
    { role: "assistant", content: [], errorMessage: "The model is away" },
    { role: "system", content: "Reset" },
    { role: "custom", odd: 1 },
  ]);
  expect(entries.map((entry) => [entry.kind, entry.tool, entry.failed, entry.text])).toEqual([
    ["heard", null, false, "Wake up"],
    ["heard", null, false, "in parts"],
    ["thought", null, false, "Hm."],
    ["said", null, false, "I look."],
    ["called", "exec", false, '{\n  "command": "ls"\n}'],
    ["answered", "exec", true, "no such file"],
    ["marker", null, true, "The model is away"],
    ["marker", null, false, "Reset"],
    ["marker", null, false, "custom"],
  ]);
  expect(entries[0]?.at).toBe(1_700_000_000_000);
  expect(new Set(entries.map((entry) => entry.id)).size).toBe(entries.length);
});

it("takes of a session what the gateway says", () => {
  expect(factsOf({ key: "agent:lead-1:main" })).toEqual({
    label: "agent:lead-1:main",
    model: null,
    used: null,
    window: null,
    running: false,
    updatedAt: null,
  });
  expect(
    factsOf({
      key: "k",
      label: "Ada",
      modelProvider: "local",
      model: "m",
      totalTokens: 5,
      contextTokens: 10,
      status: "running",
      updatedAt: 7,
    }),
  ).toEqual({ label: "Ada", model: "local/m", used: 5, window: 10, running: true, updatedAt: 7 });
  expect([agentKeyOf("agent:lead-1:main"), agentKeyOf("main")]).toEqual(["lead-1", null]);
});
