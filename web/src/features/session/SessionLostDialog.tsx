import { Dialog } from "@base-ui/react/dialog";
import { useQueryClient } from "@tanstack/react-query";
import { startLive } from "@/live/connection";
import { sessionFound } from "./lost";
import { SignInForm } from "./SignInForm";

/** Asks to sign in again above the page, so that nothing typed is lost. */
export default function SessionLostDialog() {
  const cache = useQueryClient();
  return (
    <Dialog.Root open disablePointerDismissal>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop fixed inset-0 z-50" />
        <Dialog.Popup
          data-modal=""
          className="popup fixed top-[14vh] left-1/2 z-50 w-[calc(100%-2rem)] max-w-sm -translate-x-1/2 p-6"
        >
          <Dialog.Title className="text-lg font-semibold">Your session has ended</Dialog.Title>
          <Dialog.Description className="mt-1 mb-4 text-ink-2">
            Sign in again to go on. This page stays as it is.
          </Dialog.Description>
          <SignInForm
            onSignedIn={() => {
              sessionFound();
              startLive(cache);
              void cache.invalidateQueries();
            }}
          />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
