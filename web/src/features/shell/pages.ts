import { linkOptions } from "@tanstack/react-router";
import {
  Activity,
  Bot,
  Building2,
  Gauge,
  LayoutGrid,
  Network,
  ScrollText,
  Settings,
  ShieldCheck,
  Tag,
  TextCursorInput,
} from "lucide-react";

/** The parts of the navigation, in order. */
export const SECTIONS = ["Overview", "Work", "Fleet", "Administration"] as const;

/** Every page that has a place in the navigation and in the palette, in order. */
export const PAGES = [
  {
    section: "Overview",
    label: "Dashboard",
    icon: Gauge,
    link: linkOptions({ to: "/dashboard" }),
    words: "metrics figures charts home attention",
  },
  {
    section: "Overview",
    label: "Approvals",
    icon: ShieldCheck,
    link: linkOptions({ to: "/approvals" }),
    words: "decide inbox waiting",
  },
  { section: "Overview", label: "Activity", icon: Activity, link: linkOptions({ to: "/activity" }), words: "feed log" },
  { section: "Work", label: "Boards", icon: LayoutGrid, link: linkOptions({ to: "/boards" }), words: "tasks kanban" },
  { section: "Fleet", label: "Agents", icon: Bot, link: linkOptions({ to: "/agents" }), words: "fleet heartbeat" },
  { section: "Fleet", label: "Gateways", icon: Network, link: linkOptions({ to: "/gateways" }), words: "openclaw" },
  {
    section: "Administration",
    label: "Organization",
    icon: Building2,
    link: linkOptions({ to: "/organization" }),
    words: "members people invites roles access rename delete leave",
  },
  { section: "Administration", label: "Tags", icon: Tag, link: linkOptions({ to: "/tags" }), words: "labels colors" },
  {
    section: "Administration",
    label: "Custom fields",
    icon: TextCursorInput,
    link: linkOptions({ to: "/custom-fields" }),
    words: "properties types regex default",
  },
  {
    section: "Administration",
    label: "Audit log",
    icon: ScrollText,
    link: linkOptions({ to: "/audit" }),
    words: "security who did what sign-ins export",
  },
  {
    section: "Administration",
    label: "Settings",
    icon: Settings,
    link: linkOptions({ to: "/settings" }),
    words: "profile theme sessions",
  },
] as const;
