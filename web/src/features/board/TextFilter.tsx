import { Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { IconButton } from "@/components/ui/Button";
import { useShortcuts } from "@/lib/shortcuts";

// A big board is filtered when the typing pauses, not at every letter.
const TYPING_PAUSE_MS = 120;

/** The field that filters tasks by text; `/` focuses it, Escape empties and then leaves it. */
export function TextFilter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  // The field keeps what is typed; the address follows.
  const [text, setText] = useState(value);
  const [lastValue, setLastValue] = useState(value);
  if (value !== lastValue) {
    setLastValue(value);
    if (value !== text.trim()) setText(value);
  }
  useShortcuts({ "/": () => input.current?.focus() });
  const pending = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(pending.current), []);
  const type = (next: string) => {
    setText(next);
    clearTimeout(pending.current);
    pending.current = setTimeout(() => onChange(next.trim()), TYPING_PAUSE_MS);
  };
  const clear = () => {
    clearTimeout(pending.current);
    setText("");
    onChange("");
  };
  return (
    <div className="relative w-56 max-md:w-40 max-md:shrink-0">
      <Search size={14} className="absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-3" aria-hidden="true" />
      <input
        ref={input}
        type="search"
        aria-label="Filter tasks by text"
        aria-keyshortcuts="/"
        placeholder="Filter…"
        className="field h-8 pr-7! pl-8! max-md:h-10 [&::-webkit-search-cancel-button]:hidden"
        value={text}
        onChange={(event) => {
          type(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          if (text) {
            clear();
          } else {
            input.current?.blur();
          }
        }}
      />
      {text && (
        <IconButton
          label="Clear the text filter"
          size="sm"
          className="absolute! top-0.5 right-0.5"
          onClick={() => {
            clear();
            input.current?.focus();
          }}
        >
          <X size={13} />
        </IconButton>
      )}
    </div>
  );
}
