import { createContext, useContext } from "react";

/** Opens the navigation on phones, where it lies off the screen. */
export const DrawerContext = createContext<{ open: () => void }>({ open: () => {} });

/** The navigation drawer of the shell around this page. */
export function useNavigationDrawer(): { open: () => void } {
  return useContext(DrawerContext);
}
