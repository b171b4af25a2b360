import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { flowOf } from "@/features/dashboard/figures";
import { STATUS_LABEL, STATUSES, StatusIcon } from "./status";

it("a state has one colour, on tasks and in charts", () => {
  const set = { bucket: "day", points: [] };
  const flow = flowOf({ primary: set, comparison: set } as unknown as Parameters<typeof flowOf>[0]);
  const inCharts = new Map(flow.series.map((series) => [series.label, series.color]));
  for (const status of STATUSES) {
    const { container } = render(<StatusIcon status={status} />);
    expect(container.querySelector("svg")?.classList).toContain(`text-${inCharts.get(STATUS_LABEL[status])}`);
  }
});
