import type { Agent } from "@/api/types";
import type { Tone } from "@/components/Badge";
import { stateOf } from "@/features/agents/describe";
import { cx } from "@/lib/cx";
import { initial } from "@/lib/initial";

const DOTS: Record<Tone, string> = {
  neutral: "bg-line-strong",
  accent: "bg-accent",
  ok: "bg-ok",
  warn: "bg-warn",
  danger: "bg-danger",
};

/** An agent as a circle with a letter and a dot for its state. */
export function AgentSign({ agent, ring }: { agent: Agent; ring?: boolean }) {
  const emoji = agent.identity_profile?.emoji;
  const sign = typeof emoji === "string" && /^\p{Extended_Pictographic}/u.test(emoji) ? emoji : initial(agent.name);
  return (
    <span
      className={cx(
        "relative grid size-6 shrink-0 place-items-center rounded-full border-2 border-canvas bg-accent-soft text-[11px] font-semibold text-accent-text",
        ring && "outline-2 -outline-offset-1 outline-accent",
      )}
      aria-hidden="true"
    >
      {sign}
      <span
        className={cx(
          "absolute -right-0.5 -bottom-0.5 size-2 rounded-full border border-canvas",
          DOTS[stateOf(agent).tone],
        )}
      />
    </span>
  );
}
