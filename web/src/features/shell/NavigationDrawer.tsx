import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { IconButton } from "@/components/ui/Button";
import { Sidebar } from "./Sidebar";

interface NavigationDrawerProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onSearch: () => void;
}

/** The navigation on phones: it comes in from the left, above the page. */
export default function NavigationDrawer({ open, onOpenChange, onSearch }: NavigationDrawerProps) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop fixed inset-0 z-40" />
        <Dialog.Popup className="drawer fixed inset-y-0 left-0 z-40 w-72 border-r border-line bg-sunken shadow-pop transition-[translate,opacity] outline-none">
          <Dialog.Title className="sr-only">Navigation</Dialog.Title>
          <div className="absolute top-2.5 -right-12">
            <Dialog.Close
              render={
                <IconButton label="Close navigation" className="bg-surface!">
                  <X size={18} />
                </IconButton>
              }
            />
          </div>
          <Sidebar onSearch={onSearch} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
