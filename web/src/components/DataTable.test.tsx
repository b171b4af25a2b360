import { linkOptions } from "@tanstack/react-router";
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors";
import { renderPage } from "@/test/page";
import { type Column, DataTable } from "./DataTable";

interface Row {
  id: string;
  name: string;
  size: number | null;
}

const ROWS: Row[] = [
  { id: "b", name: "beta 10", size: 3 },
  { id: "a", name: "Alpha", size: null },
  { id: "c", name: "beta 9", size: 20 },
];

const COLUMNS: Column<Row>[] = [
  { id: "name", header: "Name", cell: (row) => row.name, sortBy: (row) => row.name },
  { id: "size", header: "Size", align: "right", cell: (row) => row.size ?? "–", sortBy: (row) => row.size },
];

function Example({ rows = ROWS, first }: { rows?: Row[]; first?: string }) {
  const [sort, setSort] = useState<string | undefined>(first);
  return (
    <DataTable
      label="Things"
      rows={rows}
      columns={COLUMNS}
      rowKey={(row) => row.id}
      link={(row) => linkOptions({ to: "/boards/$boardId", params: { boardId: row.id } })}
      sort={sort}
      defaultSort="name"
      onSort={setSort}
      empty={<p>Nothing yet</p>}
    />
  );
}

function names(): string[] {
  return screen.getAllByRole("link").map((link) => link.textContent ?? "");
}

describe("DataTable", () => {
  it("sorts by a press on a heading, says so, and goes back to the default", async () => {
    await renderPage(<Example />);
    const user = userEvent.setup();
    const heading = (name: string) => screen.getByRole("columnheader", { name });
    expect(names()).toEqual(["Alpha", "beta 9", "beta 10"]);
    expect(heading("Name").getAttribute("aria-sort")).toBe("ascending");

    await user.click(screen.getByRole("button", { name: "Size" }));
    expect(heading("Size").getAttribute("aria-sort")).toBe("ascending");
    expect(heading("Name").getAttribute("aria-sort")).toBeNull();
    expect(names()).toEqual(["beta 10", "beta 9", "Alpha"]);

    await user.click(screen.getByRole("button", { name: "Size" }));
    expect(heading("Size").getAttribute("aria-sort")).toBe("descending");
    expect(names(), "rows without a value stay at the end").toEqual(["beta 9", "beta 10", "Alpha"]);

    await user.click(screen.getByRole("button", { name: "Size" }));
    expect(heading("Name").getAttribute("aria-sort")).toBe("ascending");
  });

  it("leaves out the columns that somebody has hidden, and remembers it", async () => {
    const wide = ["weight", "color"].map((id): Column<Row> => ({ id, header: id, cell: () => id }));
    const table = () => (
      <DataTable
        label="Wide things"
        rows={ROWS}
        columns={[...COLUMNS, ...wide]}
        rowKey={(row) => row.id}
        empty={null}
      />
    );
    const { unmount } = await renderPage(table());
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Columns of Wide things" }));
    expect(screen.queryByRole("menuitemcheckbox", { name: "Name" }), "what names the row stays").toBeNull();
    await user.click(await screen.findByRole("menuitemcheckbox", { name: /weight/ }));
    expect(screen.queryByRole("columnheader", { name: "weight" })).toBeNull();
    expect(screen.getByRole("columnheader", { name: "color", hidden: true })).toBeTruthy();
    unmount();
    await renderPage(table());
    expect(screen.queryByRole("columnheader", { name: "weight" })).toBeNull();
    expect(screen.getByRole("columnheader", { name: "Size" })).toBeTruthy();
  });

  it("is walked through with J, K and the arrow keys, and rows are real links", async () => {
    Element.prototype.scrollIntoView = vi.fn();
    await renderPage(<Example />);
    const user = userEvent.setup();
    await user.keyboard("j");
    expect(document.activeElement?.textContent).toBe("Alpha");
    await user.keyboard("j{ArrowDown}");
    expect(document.activeElement?.textContent).toBe("beta 10");
    await user.keyboard("k");
    expect(document.activeElement?.textContent).toBe("beta 9");
    expect(document.activeElement?.getAttribute("href")).toBe("/boards/c");
    await user.keyboard("{Home}");
    expect(document.activeElement?.textContent).toBe("Alpha");
  });

  it("shows cards with their headings on phones, sorted by a choice above them", async () => {
    await renderPage(<Example first="-size" />, { phone: true });
    expect(screen.queryByRole("table")).toBeNull();
    const cards = within(screen.getByRole("list", { name: "Things" })).getAllByRole("listitem");
    expect(cards[0]?.textContent).toBe("beta 9Size20");
    expect(screen.getByRole("combobox", { name: "Sort by: Size" })).toBeTruthy();
  });

  it("draws only a part of many rows but counts them all", async () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({ id: `${index}`, name: `Row ${index}`, size: index }));
    await renderPage(<Example rows={many} />);
    expect(screen.getByRole("table").getAttribute("aria-rowcount")).toBe("5001");
    expect(screen.getAllByRole("row").length).toBeLessThan(200);
  });

  it("says what is being loaded, what failed, and what there is to do when there is nothing", async () => {
    const shared = { label: "Things", columns: COLUMNS, rowKey: (row: Row) => row.id, empty: <p>Nothing yet</p> };
    const retry = vi.fn();
    const { unmount } = await renderPage(<DataTable {...shared} rows={undefined} />);
    expect(screen.getByRole("status", { name: "Loading: Things" })).toBeTruthy();
    unmount();

    const failed = await renderPage(
      <DataTable {...shared} rows={undefined} error={new ApiError("No way", 500, "r-1")} onRetry={retry} />,
    );
    expect(screen.getByRole("alert").textContent).toContain("Things could not be loaded");
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(retry).toHaveBeenCalledOnce();
    failed.unmount();

    await renderPage(<DataTable {...shared} rows={[]} />);
    expect(screen.getByText("Nothing yet")).toBeTruthy();
  });

  it("chooses rows one by one and all at once", async () => {
    function Choosing() {
      const [selected, onChange] = useState<ReadonlySet<string>>(new Set());
      return (
        <>
          <DataTable
            label="Things"
            rows={ROWS}
            columns={COLUMNS}
            rowKey={(row) => row.id}
            selection={{ selected, onChange }}
            empty={null}
          />
          <output>{[...selected].sort().join(",")}</output>
        </>
      );
    }
    await renderPage(<Choosing />);
    const user = userEvent.setup();
    const [all, first] = screen.getAllByRole("checkbox");
    await user.click(first as HTMLElement);
    expect(screen.getByRole("status").textContent).toBe("b");
    expect(all?.getAttribute("aria-checked")).toBe("mixed");
    await user.click(all as HTMLElement);
    expect(screen.getByRole("status").textContent).toBe("a,b,c");
    await user.click(all as HTMLElement);
    expect(screen.getByRole("status").textContent).toBe("");
  });
});
