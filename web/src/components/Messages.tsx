import { type CSSProperties, useEffect } from "react";
import { Toaster } from "sonner";
import { useIsPhone } from "@/lib/media";
import { messagesReady } from "@/lib/notify";
import { useTheme } from "@/lib/theme";

// The library takes its colours from these; ours keep both themes.
const LOOK = {
  "--normal-bg": "var(--raised)",
  "--normal-text": "var(--ink)",
  "--normal-border": "var(--line)",
  fontFamily: "var(--font-sans)",
  boxShadow: "var(--shadow-2)",
} as CSSProperties;

/** The region in which messages appear. */
export default function Messages() {
  const phone = useIsPhone();
  const theme = useTheme();
  // Effects of children run first, so the region listens by now.
  useEffect(messagesReady, []);
  return (
    <Toaster
      position={phone ? "bottom-center" : "bottom-right"}
      theme={theme}
      toastOptions={{ style: LOOK }}
      closeButton
    />
  );
}
