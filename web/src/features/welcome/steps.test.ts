import { describe, expect, it } from "vitest";
import { heartbeatCommand, nextStep, stepsOf, webhookCommand } from "./steps";

const NOTHING = { boards: 0, agents: 0, seen: 0, tasks: 0, webhooks: 0 };

describe("the first steps", () => {
  it("lead from nothing to a working board, one after another", () => {
    const nextAfter = (done: Partial<typeof NOTHING>) => nextStep(stepsOf({ ...NOTHING, ...done }));
    expect(nextAfter({})).toBe("board");
    expect(nextAfter({ boards: 1 })).toBe("task");
    expect(nextAfter({ boards: 1, tasks: 1 })).toBe("agent");
    expect(nextAfter({ boards: 1, tasks: 1, agents: 1 })).toBe("call");
    expect(nextAfter({ boards: 1, tasks: 1, agents: 1, seen: 1 })).toBe("webhook");
    expect(nextAfter({ boards: 1, tasks: 1, agents: 1, seen: 1, webhooks: 1 })).toBeUndefined();
  });

  it("give commands that can be pasted", () => {
    expect(heartbeatCommand("https://mc.example")).toContain("https://mc.example/api/v1/agent/heartbeat");
    expect(webhookCommand("https://mc.example", "/api/v1/boards/b/webhooks/w")).toContain(
      "https://mc.example/api/v1/boards/b/webhooks/w",
    );
  });
});
