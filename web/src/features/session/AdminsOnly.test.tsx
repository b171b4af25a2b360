import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { membershipQuery } from "@/api/queries/organization";
import { AdminsOnly } from "./AdminsOnly";

/** The part as it stands while rights are read, or with the rights of a role. */
function show(role: string | null): void {
  const cache = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
  if (role) cache.setQueryData(membershipQuery.queryKey, { role, board_access: [] } as never);
  render(
    <QueryClientProvider client={cache}>
      <AdminsOnly icon={null} title="Jobs are looked after by administrators" note="They cost money.">
        Content
      </AdminsOnly>
    </QueryClientProvider>,
  );
}

it("says neither yes nor no before the role is known", () => {
  show(null);
  expect(screen.getByRole("status", { name: "Loading your rights" })).toBeTruthy();
  expect(screen.queryByText("Content")).toBeNull();
  expect(screen.queryByText(/looked after by administrators/)).toBeNull();
});

it("tells members why there is nothing, and shows administrators the content", () => {
  show("member");
  expect(screen.getByText("Jobs are looked after by administrators")).toBeTruthy();
  expect(screen.getByText(/can do this\. They cost money\./)).toBeTruthy();
  expect(screen.queryByText("Content")).toBeNull();
  show("admin");
  expect(screen.getByText("Content")).toBeTruthy();
});
