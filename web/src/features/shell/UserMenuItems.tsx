import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import {
  Bell,
  BellOff,
  Globe,
  Keyboard,
  LogOut,
  Monitor,
  Moon,
  Rows2,
  Rows3,
  Settings,
  Sun,
  UserRound,
} from "lucide-react";
import { useState } from "react";
import { messageOf } from "@/api/errors";
import { configQuery, sessionQuery } from "@/api/queries/session";
import type { LateMenuProps } from "@/components/ui/lazyMenu";
import { Menu, MenuChoice, MenuGroup, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { signOut } from "@/features/session/signIn";
import { type Density, setDensity, useDensity } from "@/lib/density";
import { desktopObstacle, setDesktopWanted, useDesktopWanted } from "@/lib/desktop";
import { notifyError, notifySuccess } from "@/lib/notify";
import { setTheme, type Theme, useTheme } from "@/lib/theme";
import { setZoneChoice, useZoneChoice, type ZoneChoice } from "@/lib/zone";
import { displayName } from "./displayName";
import { showShortcuts } from "./shortcuts";

const THEMES: { value: Theme; label: string; icon: React.ReactNode }[] = [
  { value: "light", label: "Light", icon: <Sun size={15} /> },
  { value: "dark", label: "Dark", icon: <Moon size={15} /> },
  { value: "system", label: "Same as system", icon: <Monitor size={15} /> },
];

const DENSITIES: { value: Density; label: string; icon: React.ReactNode }[] = [
  { value: "comfortable", label: "Comfortable rows", icon: <Rows2 size={15} /> },
  { value: "compact", label: "Compact rows", icon: <Rows3 size={15} /> },
];

const ZONES: { value: ZoneChoice; label: string; icon: React.ReactNode }[] = [
  { value: "profile", label: "My profile’s zone", icon: <UserRound size={15} /> },
  { value: "local", label: "This computer’s zone", icon: <Monitor size={15} /> },
  { value: "utc", label: "UTC", icon: <Globe size={15} /> },
];

/** What the user menu holds: settings, keys, looks, and the way out. */
export default function UserMenuItems({ trigger }: LateMenuProps) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const theme = useTheme();
  const density = useDensity();
  const [open, setOpen] = useState(true);
  // Only the open menu tells it.
  const version = useQuery({ ...configQuery, enabled: open }).data?.version;
  const zone = useZoneChoice();
  const user = useQuery(sessionQuery).data?.user;
  const leave = useMutation({
    mutationFn: () => signOut(cache),
    onSuccess: () => navigate({ to: "/sign-in" }),
    onError: (error) => notifyError(messageOf(error)),
  });
  return (
    <Menu side="top" className="w-60" open={open} onOpenChange={setOpen} trigger={trigger}>
      <MenuGroup label={user?.email ?? displayName(user)}>
        <MenuItem icon={<Settings size={15} />} onClick={() => void navigate({ to: "/settings" })}>
          Settings
        </MenuItem>
        <MenuItem icon={<Keyboard size={15} />} onClick={showShortcuts}>
          Keyboard shortcuts
        </MenuItem>
        <DesktopItem />
      </MenuGroup>
      <MenuSeparator />
      <MenuChoice label="Theme" value={theme} options={THEMES} onChange={setTheme} />
      <MenuChoice label="Lists" value={density} options={DENSITIES} onChange={setDensity} />
      <MenuSeparator />
      <MenuChoice label="Times in" value={zone} options={ZONES} onChange={setZoneChoice} />
      <MenuSeparator />
      <MenuItem icon={<LogOut size={15} />} onClick={() => leave.mutate()}>
        Sign out
      </MenuItem>
      {version && <p className="px-2 pt-1 pb-1.5 text-xs text-ink-3">Mission Control {version}</p>}
    </Menu>
  );
}

/** Turns messages on the desktop about new approvals on or off. */
function DesktopItem() {
  const on = useDesktopWanted() === "on";
  const obstacle = desktopObstacle();
  async function toggle() {
    const granted = await setDesktopWanted(!on);
    if (granted) notifySuccess("New approvals are shown on your desktop while you are elsewhere.");
    else if (!on) notifyError(desktopObstacle() ?? "The browser did not allow notifications.");
  }
  return (
    <MenuItem
      icon={on ? <BellOff size={15} /> : <Bell size={15} />}
      note={obstacle ?? (on ? null : "Of new approvals, while you are elsewhere")}
      disabled={obstacle !== null}
      onClick={() => void toggle()}
    >
      {on ? "No desktop notifications" : "Desktop notifications"}
    </MenuItem>
  );
}
