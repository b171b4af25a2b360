import { preference } from "./preference";
import { storedIds } from "./storedIds";

/** The boards of which this browser says nothing on the desktop. */
export const mutedBoards = storedIds("mc.muted-boards", 500);

const wanted = preference<"off" | "on">("mc.desktop-notifications", ["off", "on"]);

/** Whether this browser is to say on the desktop what waits. */
export const useDesktopWanted = wanted.use;

/** Why the browser shows nothing on the desktop, or nothing when it can. */
export function desktopObstacle(): string | null {
  if (typeof Notification === "undefined") return "This browser shows notifications on HTTPS addresses only.";
  if (Notification.permission === "denied") return "The browser blocks notifications of this site.";
  return null;
}

/** Turns messages on the desktop on or off; asks the user when the browser wants that. Returns whether they are on. */
export async function setDesktopWanted(on: boolean): Promise<boolean> {
  const granted = on && desktopObstacle() === null && (await Notification.requestPermission()) === "granted";
  wanted.set(granted ? "on" : "off");
  return granted;
}

/**
 * Says something on the desktop when the user wants that and is not looking at the page. Messages with the same tag take
 * each other's place, so that several tabs say a thing once.
 */
export function notifyDesktop(message: string, { tag, onClick }: { tag: string; onClick: () => void }): void {
  if (wanted.get() === "off" || desktopObstacle() || document.visibilityState === "visible") return;
  const notification = new Notification("Mission Control", { body: message, tag, icon: "/icon-192.png" });
  notification.onclick = () => {
    window.focus();
    onClick();
    notification.close();
  };
}
