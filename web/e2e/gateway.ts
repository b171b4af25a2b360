import type { Page } from "@playwright/test";
import { api, required, unique } from "./console";

/** A gateway on which agents can be set up. */
export interface Gateway {
  id: string;
  name: string;
  /** The token of its main agent, with which a test does what that agent would do. */
  mainToken: string;
}

/** Adds the gateway of this run for as long as `use` runs; other tests want to see that there is none. */
export async function withGateway(page: Page, use: (gateway: Gateway) => Promise<void>): Promise<void> {
  const name = unique("Workshop");
  const { id, main_agent_id } = await api(page, "POST", "/gateways", {
    name,
    url: required("MC_E2E_GATEWAY"),
    token: required("MC_E2E_GATEWAY_TOKEN"),
    workspace_root: "~/.openclaw",
  });
  try {
    const { token } = await api(page, "POST", `/agents/${main_agent_id}/token`);
    await use({ id, name, mainToken: token });
  } finally {
    await api(page, "DELETE", `/gateways/${id}?force=true`);
  }
}
