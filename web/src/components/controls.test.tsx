import { linkOptions } from "@tanstack/react-router";
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it } from "vitest";
import { renderPage } from "@/test/page";
import { TimeSeries } from "./charts/TimeSeries";
import { Stat } from "./Stat";
import { Tabs } from "./Tabs";
import { Checkbox } from "./ui/Checkbox";
import { Combobox, MultiCombobox } from "./ui/Combobox";
import { Field } from "./ui/Field";
import { NumberField } from "./ui/NumberField";

const FRUIT = ["Apple", "Banana", "Cherry"].map((label) => ({ value: label.toLowerCase(), label }));

it("Combobox finds by typing, and takes a choice back", async () => {
  function Example() {
    const [value, setValue] = useState<string | null>(null);
    return <Combobox label="Fruit" none="Nothing" options={FRUIT} value={value} onChange={setValue} />;
  }
  await renderPage(<Example />);
  const user = userEvent.setup();
  screen.getByRole("combobox", { name: "Fruit: Nothing" }).focus();
  await user.keyboard("{ArrowDown}");
  await user.type(await screen.findByRole("combobox", { name: "Search: Fruit" }), "ban");
  expect(screen.getAllByRole("option").map((option) => option.textContent)).toEqual(["Banana"]);
  await user.keyboard("{Enter}");
  (await screen.findByRole("combobox", { name: "Fruit: Banana" })).focus();
  await user.keyboard("{ArrowDown}");
  await user.click(await screen.findByRole("option", { name: "Nothing" }));
  expect(await screen.findByRole("combobox", { name: "Fruit: Nothing" })).toBeTruthy();
});

it("MultiCombobox chooses several and drops one", async () => {
  function Example() {
    const [values, setValues] = useState<string[]>(["apple"]);
    return <MultiCombobox label="Fruit" options={FRUIT} values={values} onChange={setValues} />;
  }
  await renderPage(<Example />);
  const user = userEvent.setup();
  screen.getByRole("combobox", { name: "Fruit: Apple" }).focus();
  await user.keyboard("{ArrowDown}");
  await user.click(await screen.findByRole("option", { name: "Cherry" }));
  await user.keyboard("{Escape}");
  await user.click(screen.getByRole("button", { name: "Remove Apple" }));
  expect(await screen.findByRole("combobox", { name: "Fruit: Cherry" })).toBeTruthy();
});

it("NumberField is labelled by its Field, keeps its bounds and may be empty", async () => {
  function Example() {
    const [value, setValue] = useState<number | null>(5);
    return (
      <>
        <Field label="Minutes">
          {(props) => <NumberField {...props} value={value} onChange={setValue} min={1} max={10} />}
        </Field>
        <output>{String(value)}</output>
      </>
    );
  }
  await renderPage(<Example />);
  const user = userEvent.setup();
  const field = screen.getByRole("textbox", { name: "Minutes" });
  await user.clear(field);
  expect(screen.getByRole("status").textContent).toBe("null");
  await user.type(field, "99");
  await user.tab();
  expect(screen.getByRole("status").textContent).toBe("10");
  await user.click(field);
  await user.keyboard("{ArrowDown}");
  expect(screen.getByRole("status").textContent).toBe("9");
});

it("Checkbox with a reason stays in reach but does not change", async () => {
  let changes = 0;
  await renderPage(<Checkbox label="Read" checked={false} reason="You may not." onChange={() => changes++} />);
  const box = screen.getByRole("checkbox", { name: "Read" });
  await userEvent.click(box);
  expect(changes).toBe(0);
  expect(box.getAttribute("aria-readonly")).toBe("true");
  expect(box.tabIndex).toBe(0);
});

it("Tabs are links, of which one is the current page", async () => {
  await renderPage(
    <Tabs
      label="Agent"
      tabs={[
        { label: "Overview", link: linkOptions({ to: "/agents" }), active: true },
        { label: "Gateways", link: linkOptions({ to: "/gateways" }), active: false, count: 3 },
      ]}
    />,
  );
  expect(screen.getByRole("link", { name: "Overview" }).getAttribute("aria-current")).toBe("page");
  const other = screen.getByRole("link", { name: "Gateways 3" });
  expect(other.getAttribute("aria-current")).toBeNull();
  expect(other.getAttribute("href")).toBe("/gateways");
});

it("Stat says which way a figure went", async () => {
  await renderPage(<Stat label="Failures" value="3%" change={{ now: 3, before: 2, better: "less" }} />);
  expect(screen.getByText("50%").textContent).toBe("up 50%");
});

it("TimeSeries is read out with the arrow keys and as a table", async () => {
  globalThis.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  await renderPage(
    <TimeSeries
      label="Finished"
      periods={["2026-01-01T00:00:00", "2026-01-02T00:00:00"]}
      bucket="day"
      series={[
        { label: "Now", color: "accent", values: [1, 4] },
        { label: "Before", color: "muted", values: [2, null], isComparison: true },
      ]}
      format={(value) => `${value} tasks`}
    />,
  );
  const slider = screen.getByRole("slider", { name: "Finished, point in time" });
  slider.focus();
  await userEvent.keyboard("{ArrowLeft}");
  expect(slider.getAttribute("aria-valuetext")).toContain("Now 1 tasks, Before 2 tasks");
  await userEvent.keyboard("{End}");
  expect(slider.getAttribute("aria-valuetext")).toContain("Now 4 tasks, Before –");
  expect(screen.getAllByRole("row")).toHaveLength(3);
});
