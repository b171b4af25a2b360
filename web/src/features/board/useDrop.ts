import { type RefObject, useEffect, useRef, useState } from "react";
import type { TaskCard, TaskStatus } from "@/api/types";
import type { MoveVerdict } from "@/features/task/moves";
import { useBoard } from "./context";
import { makeDropTarget } from "./drag";

interface Drop<E> {
  ref: RefObject<E | null>;
  /** A card is above the element. */
  over: boolean;
  /** What the rules say about putting the dragged card into this state; null where it is already. */
  verdict: MoveVerdict | null;
}

/** Lets cards be dropped on an element, which puts them into a state, or does with them what `take` does. */
export function useDrop<E extends HTMLElement>(status: TaskStatus, take?: (task: TaskCard) => void): Drop<E> {
  const { boardId, tasks, move, judge, dragged } = useBoard();
  const ref = useRef<E>(null);
  const [over, setOver] = useState(false);
  // What is registered once has to see the newest tasks.
  const newest = useRef({ tasks, move, take });
  newest.current = { tasks, move, take };
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    return makeDropTarget(element, boardId, {
      enter: () => setOver(true),
      leave: () => setOver(false),
      drop(id) {
        setOver(false);
        const { tasks, move, take } = newest.current;
        const task = tasks.find((entry) => entry.id === id);
        if (!task) return;
        if (take) take(task);
        else move(task, status);
      },
    });
  }, [boardId, status]);
  return { ref, over, verdict: dragged && dragged.status !== status ? judge(dragged, status) : null };
}

/** The ring of a place above which a card is held: in the colour of danger where the rules refuse it. */
export function dropRing({ over, verdict }: Pick<Drop<HTMLElement>, "over" | "verdict">): string | false {
  if (!over || !verdict) return false;
  return verdict.outcome === "refused" ? "ring-2 ring-danger" : "ring-2 ring-accent";
}
