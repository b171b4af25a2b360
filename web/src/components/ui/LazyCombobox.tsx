import { ChevronDown } from "lucide-react";
import { Suspense, useState } from "react";
import { cx } from "@/lib/cx";
import { late } from "@/lib/late";
import type { ComboboxProps } from "./Combobox";
import { TRIGGER, TRIGGER_FRAME } from "./comboboxTrigger";

const load = () => import("./Combobox").then((module) => ({ default: module.Combobox<string> }));
const Combobox = late(load);

/** A `Combobox` that is loaded when somebody is about to open it, for pages on which few do. It needs a `label`. */
export function LazyCombobox(props: ComboboxProps<string> & { label: string }) {
  const [opened, setOpened] = useState(false);
  const chosen = props.options.find((option) => option.value === props.value)?.label;
  const text = chosen ?? props.none ?? props.placeholder ?? "Choose…";
  const closed = (
    <button
      type="button"
      role="combobox"
      aria-haspopup="dialog"
      aria-expanded={false}
      aria-controls={undefined}
      aria-label={`${props.label}: ${text}`}
      onPointerEnter={load}
      onFocus={load}
      onClick={() => setOpened(true)}
      onKeyDown={(event) => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") setOpened(true);
      }}
      className={cx(TRIGGER, TRIGGER_FRAME, props.className)}
    >
      <span className={cx("min-w-0 flex-1 truncate", !chosen && "text-ink-3")}>{text}</span>
      <ChevronDown size={14} className="shrink-0 text-ink-3" aria-hidden="true" />
    </button>
  );
  if (!opened) return closed;
  return (
    <Suspense fallback={closed}>
      <Combobox {...props} defaultOpen />
    </Suspense>
  );
}
