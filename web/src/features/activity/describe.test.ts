import { expect, it } from "vitest";
import { describeMessage, describeType } from "./describe";

it.each([
  ["task.status_changed", "Task moved to in_progress: Tidy: the desk", "Tidy: the desk → In progress"],
  ["task.status_changed", "Task moved to parked: Tidy", "Tidy → parked"],
  ["task.created", "Task created: Tidy", "Tidy"],
  ["task.comment", "Task moved to the attic: no", "Task moved to the attic: no"],
])("%s: %s is shown as %s", (type, message, shown) => {
  expect(describeMessage(type, message)).toBe(shown);
});

it("spells out types that it does not know", () => {
  expect(describeType("robot.arm_moved")).toBe("Robot arm moved");
});
