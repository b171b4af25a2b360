import { type ReactNode, useEffect, useRef } from "react";

/** Something that the page on screen can do, offered in the palette. */
export interface Command {
  title: string;
  /** Other words by which it is found. */
  words?: string;
  icon: ReactNode;
  /** Why it cannot be done now; such a command is not offered. */
  reason?: string | null;
  run: () => unknown;
}

/** Commands under one heading, such as the title of the open task. */
export interface CommandGroup {
  heading: string;
  commands: Command[];
}

const sources = new Set<() => CommandGroup[]>();

/** Offers commands in the palette for as long as the component is mounted. */
export function useCommands(groups: CommandGroup[]): void {
  const latest = useRef(groups);
  latest.current = groups;
  useEffect(() => {
    const read = () => latest.current;
    sources.add(read);
    return () => void sources.delete(read);
  }, []);
}

/** What the page on screen can do now. */
export function pageCommands(): CommandGroup[] {
  return [...sources]
    .flatMap((read) => read())
    .map((group) => ({ ...group, commands: group.commands.filter((command) => !command.reason) }))
    .filter((group) => group.commands.length > 0);
}
