import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { cx } from "@/lib/cx";
import { IconButton } from "./Button";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  /** Width on desktop. */
  width?: "sm" | "md" | "lg";
  children: ReactNode;
}

const WIDTHS = { sm: "md:max-w-md", md: "md:max-w-xl", lg: "md:max-w-2xl" };

/** A modal dialog: centred on desktop, from the bottom on phones. */
export function Dialog({ open, onClose, title, description, width = "md", children }: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  // The first field, except on touch screens, where the keyboard would cover the dialog at once.
  const initialFocus = (type: string) =>
    (type !== "touch" && content.current?.querySelector<HTMLElement>("input, textarea")) || popup.current;
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop fixed inset-0 z-40" />
        <Base.Popup
          ref={popup}
          initialFocus={initialFocus}
          data-modal=""
          className={cx(
            "popup fixed z-40 flex max-h-[min(92dvh,860px)] w-full flex-col max-md:bottom-0 max-md:rounded-b-none",
            "md:top-[6vh] md:left-1/2 md:max-h-[89vh] md:-translate-x-1/2",
            WIDTHS[width],
          )}
        >
          <div className="flex items-start gap-3 px-5 pt-4 pb-2">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-lg font-semibold">{title}</Base.Title>
              {description && <Base.Description className="mt-0.5 text-sm text-ink-2">{description}</Base.Description>}
            </div>
            <Base.Close
              render={
                <IconButton label="Close" size="sm">
                  <X size={16} />
                </IconButton>
              }
            />
          </div>
          <div ref={content} className="min-h-0 overflow-y-auto px-5 pt-2 pb-5">
            {children}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The row of buttons at the end of a dialog. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-5 flex flex-wrap items-center justify-end gap-2">{children}</div>;
}
