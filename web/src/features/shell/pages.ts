import { linkOptions } from "@tanstack/react-router";
import {
  Activity,
  Bot,
  Boxes,
  Building2,
  Gauge,
  LayoutGrid,
  MessageCircleQuestionMark,
  Network,
  Puzzle,
  Rocket,
  ScrollText,
  Server,
  Settings,
  ShieldCheck,
  Tag,
  TextCursorInput,
} from "lucide-react";

/** The parts of the navigation, in order. */
export const SECTIONS = ["Overview", "Work", "Fleet", "Administration"] as const;

/**
 * Every page that has a place in the navigation and in the palette, in order. `go` is the key that leads there after `g`;
 * `admin` leaves a page out of the navigation of those to whom it would only say no.
 */
export const PAGES = [
  {
    section: "Overview",
    label: "Get started",
    icon: Rocket,
    link: linkOptions({ to: "/welcome" }),
    words: "first steps guide demo help",
  },
  {
    section: "Overview",
    label: "Dashboard",
    go: "d",
    icon: Gauge,
    link: linkOptions({ to: "/dashboard" }),
    words: "metrics figures charts home attention",
  },
  {
    section: "Overview",
    label: "Approvals",
    go: "p",
    icon: ShieldCheck,
    link: linkOptions({ to: "/approvals" }),
    words: "decide inbox waiting",
  },
  {
    section: "Overview",
    label: "Questions",
    go: "q",
    icon: MessageCircleQuestionMark,
    link: linkOptions({ to: "/questions" }),
    words: "answer ask inbox waiting",
  },
  {
    section: "Overview",
    label: "Activity",
    go: "y",
    icon: Activity,
    link: linkOptions({ to: "/activity" }),
    words: "feed log",
  },
  {
    section: "Work",
    label: "Boards",
    go: "b",
    icon: LayoutGrid,
    link: linkOptions({ to: "/boards" }),
    words: "tasks kanban",
  },
  {
    section: "Work",
    label: "Board groups",
    go: "r",
    icon: Boxes,
    link: linkOptions({ to: "/board-groups" }),
    words: "chat broadcast pace cockpit",
  },
  {
    section: "Fleet",
    label: "Agents",
    go: "a",
    admin: true,
    icon: Bot,
    link: linkOptions({ to: "/agents" }),
    words: "fleet heartbeat",
  },
  {
    section: "Fleet",
    label: "Gateways",
    go: "w",
    admin: true,
    icon: Network,
    link: linkOptions({ to: "/gateways" }),
    words: "openclaw",
  },
  {
    section: "Fleet",
    label: "Skills",
    go: "k",
    admin: true,
    icon: Puzzle,
    link: linkOptions({ to: "/skills/marketplace" }),
    words: "marketplace packs install",
  },
  {
    section: "Administration",
    label: "Organization",
    go: "o",
    icon: Building2,
    link: linkOptions({ to: "/organization" }),
    words: "members people invites roles access rename delete leave",
  },
  {
    section: "Administration",
    label: "Tags",
    go: "t",
    icon: Tag,
    link: linkOptions({ to: "/tags" }),
    words: "labels colors",
  },
  {
    section: "Administration",
    label: "Custom fields",
    admin: true,
    icon: TextCursorInput,
    link: linkOptions({ to: "/custom-fields" }),
    words: "properties types regex default",
  },
  {
    section: "Administration",
    label: "Audit log",
    admin: true,
    icon: ScrollText,
    link: linkOptions({ to: "/audit" }),
    words: "security who did what sign-ins export",
  },
  {
    section: "Administration",
    label: "System",
    icon: Server,
    link: linkOptions({ to: "/system" }),
    admin: true,
    words: "health jobs dead letters backups version limits database demo",
  },
  {
    section: "Administration",
    label: "Settings",
    go: "s",
    icon: Settings,
    link: linkOptions({ to: "/settings" }),
    words: "profile theme sessions",
  },
] as const;

/** One page of the navigation. */
export type Page = (typeof PAGES)[number];

/** The key that leads to a page after `g`, if it has one. */
export function goKey(page: Page): string | undefined {
  return "go" in page ? page.go : undefined;
}

/** Whether a page is of use to administrators only. */
export function isForAdmins(page: Page): boolean {
  return "admin" in page && page.admin;
}
