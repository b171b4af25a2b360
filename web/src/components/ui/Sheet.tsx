import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { cx } from "@/lib/cx";
import { useMedia, WIDE } from "@/lib/media";
import { IconButton } from "./Button";

interface SheetProps {
  open: boolean;
  onClose: () => void;
  /** The name of the sheet for assistive technology and, unless `heading` replaces it, its heading. */
  title: string;
  heading?: ReactNode;
  actions?: ReactNode;
  /** What has the focus when the sheet opens; the sheet itself when it names nothing. */
  initialFocus?: () => HTMLElement | null;
  /** What has the focus when the sheet was closed; what had it before when it names nothing. */
  finalFocus?: () => HTMLElement | null;
  children: ReactNode;
}

/**
 * A panel at the right edge. Beside it the page stays usable on wide screens; on narrow ones the panel is modal and
 * covers the page.
 */
export function Sheet({ open, onClose, title, heading, actions, initialFocus, finalFocus, children }: SheetProps) {
  const wide = useMedia(WIDE);
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()} modal={!wide} disablePointerDismissal={wide}>
      <Base.Portal>
        {!wide && <Base.Backdrop className="backdrop fixed inset-0 z-30" />}
        <Base.Popup
          ref={popup}
          // The first control would show its tooltip on opening.
          initialFocus={() => initialFocus?.() ?? popup.current}
          finalFocus={() => finalFocus?.() ?? true}
          data-modal={wide ? undefined : ""}
          className={cx(
            "sheet fixed inset-y-0 right-0 z-30 flex w-full flex-col border-l border-line bg-surface text-ink outline-none",
            "md:w-[520px]",
            !wide && "shadow-pop",
          )}
        >
          <div className="flex h-12 shrink-0 items-center gap-1 border-b border-line pr-2 pl-4">
            <Base.Title className={heading ? "sr-only" : "min-w-0 flex-1 truncate text-base font-semibold"}>
              {title}
            </Base.Title>
            {heading && <div className="min-w-0 flex-1">{heading}</div>}
            {actions}
            <Base.Close
              render={
                <IconButton label="Close" keys="Esc">
                  <X size={16} />
                </IconButton>
              }
            />
          </div>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
