import { useInfiniteQuery } from "@tanstack/react-query";
import { Activity as ActivityIcon } from "lucide-react";
import { activityQuery } from "@/api/queries/activity";
import { EmptyState } from "@/components/EmptyState";
import { EventList } from "@/features/activity/EventList";
import { useBoard } from "./context";

/** What happens on this board, the moment it happens. */
export function ActivityContent() {
  const { boardId } = useBoard();
  return (
    <div className="min-h-0 flex-1 overflow-y-auto p-4">
      <EventList
        query={useInfiniteQuery(activityQuery({ board_id: boardId }))}
        empty={
          <EmptyState icon={<ActivityIcon size={20} />} title="Nothing has happened yet">
            New tasks, moves, comments and deliveries on this board appear here the moment they happen.
          </EmptyState>
        }
      />
    </div>
  );
}
