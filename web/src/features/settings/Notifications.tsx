import { useQuery } from "@tanstack/react-query";
import { boardsQuery } from "@/api/queries/boards";
import { Checkbox } from "@/components/ui/Checkbox";
import { Switch } from "@/components/ui/Switch";
import { desktopObstacle, mutedBoards, setDesktopWanted, useDesktopWanted } from "@/lib/desktop";
import { notifyError } from "@/lib/notify";

/** Chooses for this browser whether the desktop tells of new approvals, and of which boards. */
export function Notifications() {
  const on = useDesktopWanted() === "on";
  const muted = mutedBoards.use();
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const obstacle = desktopObstacle();
  async function turn(wanted: boolean) {
    const granted = await setDesktopWanted(wanted);
    if (wanted && !granted) notifyError(desktopObstacle() ?? "The browser did not allow notifications.");
  }
  return (
    <section aria-labelledby="notifications">
      <h2 id="notifications" className="text-base font-semibold">
        Notifications
      </h2>
      <p className="mb-3 text-ink-2">For this browser only. Pending approvals are always counted in the navigation.</p>
      <div className="rounded-xl border border-line bg-surface">
        <div className="px-4 py-3">
          <Switch
            label="Desktop notifications"
            description={obstacle ?? "Of new approvals, while this page is in the background."}
            checked={on && obstacle === null}
            disabled={obstacle !== null}
            onChange={(wanted) => void turn(wanted)}
          />
        </div>
        {boards.length > 0 && (
          <fieldset className="border-t border-line px-4 py-3">
            <legend className="sr-only">Boards with notifications</legend>
            <p className="mb-2 text-xs text-ink-3" aria-hidden="true">
              Boards with notifications
            </p>
            <div className="grid max-h-64 grid-cols-2 gap-x-4 gap-y-2 overflow-y-auto max-md:grid-cols-1">
              {boards.map((board) => (
                <Checkbox
                  key={board.id}
                  label={board.name || "Untitled board"}
                  checked={!muted.includes(board.id)}
                  onChange={(heard) => (heard ? mutedBoards.remove(board.id) : mutedBoards.add(board.id))}
                />
              ))}
            </div>
          </fieldset>
        )}
      </div>
    </section>
  );
}
