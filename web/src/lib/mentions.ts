/** Somebody that a text can call by a name. */
export interface Mention {
  /** What stands behind the `@`. */
  handle: string;
  /** Who it is, in full. */
  name: string;
}

/** The part of a text that is being typed as a mention: where its `@` stands and what follows. */
export interface MentionQuery {
  at: number;
  text: string;
}

const SHOWN = 8;
const HANDLE = /^[a-z][\p{L}\p{N}_-]*$/u;

/** How a name is called in texts: its first word in lower case, without what mentions cannot have. */
export function handleOf(name: string): string {
  const first = name.trim().split(/\s+/)[0] ?? "";
  return first
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_-]/gu, "")
    .slice(0, 32);
}

/** Who can be called on a board: the lead by its role, then everybody by name. */
export function mentionsOf(agents: readonly { name: string; is_board_lead: boolean }[]): Mention[] {
  const lead = agents.find((agent) => agent.is_board_lead);
  const mentions = new Map<string, Mention>();
  if (lead) mentions.set("lead", { handle: "lead", name: `${lead.name}, the lead of this board` });
  for (const { name } of agents.toSorted((a, b) => a.name.localeCompare(b.name))) {
    const handle = handleOf(name);
    if (HANDLE.test(handle) && !mentions.has(handle)) mentions.set(handle, { handle, name });
  }
  return [...mentions.values()];
}

/** The mention that is being typed where the cursor stands, if any. In the middle of a word, as in an address of mail, there is none. */
export function mentionAt(text: string, cursor: number): MentionQuery | null {
  const match = /(?:^|[^\p{L}\p{N}_@])@([\p{L}\p{N}_-]{0,32})$/u.exec(text.slice(0, cursor));
  if (!match) return null;
  const typed = match[1] as string;
  return { at: cursor - typed.length - 1, text: typed.toLowerCase() };
}

/** Who may be meant by what is typed so far. */
export function matching(mentions: readonly Mention[], query: MentionQuery): Mention[] {
  return mentions
    .filter(({ handle, name }) => handle.startsWith(query.text) || name.toLowerCase().startsWith(query.text))
    .slice(0, SHOWN);
}

/** The text with the mention in place of what was typed, and where the cursor goes. */
export function complete(
  text: string,
  cursor: number,
  query: MentionQuery,
  mention: Mention,
): { text: string; cursor: number } {
  const before = `${text.slice(0, query.at)}@${mention.handle} `;
  return { text: before + text.slice(cursor).replace(/^ /, ""), cursor: before.length };
}
