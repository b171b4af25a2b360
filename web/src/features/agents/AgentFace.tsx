import { Bot } from "lucide-react";
import type { Agent } from "@/api/types";
import { cx } from "@/lib/cx";
import { signOf } from "./signs";

/** The sign by which people know an agent: the one of its profile, else a robot. */
export function AgentFace({ agent, large }: { agent: Agent; large?: boolean }) {
  const sign = signOf(agent.identity_profile?.emoji);
  const Icon = sign && "icon" in sign ? sign.icon : Bot;
  return (
    <span
      className={cx(
        "grid shrink-0 place-items-center rounded-full bg-accent-soft text-accent-text",
        large ? "size-10 text-xl" : "size-7 text-base",
      )}
      aria-hidden="true"
    >
      {sign && "emoji" in sign ? sign.emoji : <Icon size={large ? 20 : 15} />}
    </span>
  );
}
