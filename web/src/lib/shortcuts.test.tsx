import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { useShortcuts } from "./shortcuts";

function Keys({ keys }: { keys: Record<string, () => unknown> }) {
  useShortcuts(keys);
  return <input aria-label="Field" />;
}

it("a sequence keeps its second key from others, and fields keep all keys", async () => {
  const [go, single, last] = [vi.fn(), vi.fn(), vi.fn()];
  const { getByLabelText } = render(
    <>
      <Keys keys={{ b: single }} />
      <div aria-hidden="true">
        <Sequence keys={{ "g b": go, "?": last }} />
      </div>
    </>,
  );
  const user = userEvent.setup();
  await user.keyboard("gb");
  expect([go.mock.calls.length, single.mock.calls.length]).toEqual([1, 0]);
  await user.keyboard("b?");
  expect([go.mock.calls.length, single.mock.calls.length, last.mock.calls.length]).toEqual([1, 1, 1]);
  await user.keyboard("gxb");
  expect([go.mock.calls.length, single.mock.calls.length], "another key ends the sequence").toEqual([1, 2]);
  await user.type(getByLabelText("Field"), "gb?");
  expect([go.mock.calls.length, single.mock.calls.length, last.mock.calls.length]).toEqual([1, 2, 1]);
});

it("an action that returns false leaves the key to the next", async () => {
  const second = vi.fn();
  render(
    <>
      <Sequence keys={{ j: () => false }} />
      <Sequence keys={{ j: second }} />
    </>,
  );
  await userEvent.keyboard("j");
  expect(second).toHaveBeenCalledOnce();
});

function Sequence({ keys }: { keys: Record<string, () => unknown> }) {
  useShortcuts(keys);
  return null;
}
