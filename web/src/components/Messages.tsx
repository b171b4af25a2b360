import { useEffect } from "react";
import { Toaster } from "sonner";
import { useIsPhone } from "@/lib/media";
import { messagesReady } from "@/lib/notify";
import { useTheme } from "@/lib/theme";

/** The region in which messages appear. */
export default function Messages() {
  const phone = useIsPhone();
  const theme = useTheme();
  // Effects of children run first, so the region listens by now.
  useEffect(messagesReady, []);
  return <Toaster position={phone ? "top-center" : "bottom-right"} theme={theme} closeButton />;
}
