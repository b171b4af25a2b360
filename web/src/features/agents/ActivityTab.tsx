import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Activity as ActivityIcon } from "lucide-react";
import { agentActivityQuery } from "@/api/queries/agents";
import { boardsQuery } from "@/api/queries/boards";
import type { Agent } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { EventList } from "@/features/activity/EventList";

/** What an agent did and what concerned it, as far back as events are kept. */
export function ActivityTab({ agent }: { agent: Agent }) {
  const boards = useQuery(boardsQuery).data?.items ?? [];
  return (
    <EventList
      query={useInfiniteQuery(agentActivityQuery(agent.id))}
      boardName={(event) => boards.find((board) => board.id === event.board_id)?.name}
      empty={
        <EmptyState icon={<ActivityIcon size={20} />} title="Nothing yet">
          What it does and what is done to it stands here. Heartbeats leave no trace.
        </EmptyState>
      }
    />
  );
}
