import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { cx } from "@/lib/cx";
import { EventRow } from "./EventRow";
import type { Told } from "./repeats";

interface ToldEventProps {
  told: Told;
  boardName: string | undefined;
  highlighted: boolean;
  /** Not all events were read, so that there may be more of the same. */
  more: boolean;
}

/** A row for an event, with the earlier ones that say the same behind a button. */
export function ToldEvent({ told: { event, earlier }, boardName, highlighted, more }: ToldEventProps) {
  const [open, setOpen] = useState(false);
  const times = earlier.length + 1;
  return (
    <>
      <EventRow event={event} boardName={boardName} highlighted={highlighted}>
        {earlier.length > 0 && (
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            // Above the link that covers the row.
            className="relative z-[1] inline-flex items-center gap-0.5 rounded-full bg-danger-soft px-2 text-xs font-medium text-danger hover:underline max-md:min-h-6"
          >
            {`${times}${more ? "+" : ""} times`}
            <ChevronDown size={12} className={cx("transition-transform", open && "rotate-180")} aria-hidden="true" />
          </button>
        )}
      </EventRow>
      {open &&
        earlier.map((event) => <EventRow key={event.id} event={event} boardName={boardName} highlighted={false} />)}
    </>
  );
}
