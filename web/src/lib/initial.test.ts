import { expect, it } from "vitest";
import { initial } from "./initial";

it.each([
  ["  atlas ", "A"],
  ["🚀 launch", "🚀"],
  ["👩‍🚀 Mara", "👩‍🚀"],
  ["émile", "É"],
  ["مرحبا", "م"],
  ["", "·"],
  ["   ", "·"],
  [null, "·"],
])("%j begins with %s", (name, sign) => {
  expect(initial(name)).toBe(sign);
});
