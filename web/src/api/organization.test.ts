import { beforeEach, describe, expect, it } from "vitest";
import { actingIn, organizationHeader, setTabOrganization, settleOrganization, tabOrganization } from "./organization";

const own = (id: string, is_active = false) => ({ id, is_active });

beforeEach(() => setTabOrganization(null));

describe("the organization of a tab", () => {
  it("is the active one at first, and stays when another becomes active", () => {
    expect(organizationHeader()).toEqual({});
    expect(settleOrganization([own("a"), own("b", true)])).toBe("b");
    expect(settleOrganization([own("a", true), own("b")])).toBe("b");
    expect(organizationHeader()).toEqual({ "X-Organization-Id": "b" });
    expect(sessionStorage.getItem("mc-organization")).toBe("b");
  });

  it("is the active one again when the person no longer belongs to it", () => {
    setTabOrganization("gone");
    expect(actingIn([own("a", true)])?.id).toBe("a");
    expect(settleOrganization([own("a", true)])).toBe("a");
    expect(settleOrganization([])).toBeNull();
    expect(tabOrganization()).toBeNull();
    expect(organizationHeader()).toEqual({});
  });
});
