import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { cx } from "@/lib/cx";

interface SearchFieldProps {
  label: string;
  placeholder: string;
  /** What is searched for, as the address says it. */
  value: string;
  /** Called when nobody has typed for a moment; with the text without blanks around it. */
  onChange: (text: string) => void;
  className?: string;
}

/** So long a pause in typing means that the text is to be searched for. */
const PAUSE_MS = 250;

/** A field that narrows a list. It searches when the typing pauses, not with every letter. */
export function SearchField({ label, placeholder, value, onChange, className }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  // Somebody else, such as "Clear filters" or the browser's back button, has changed the address.
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = wanted;
      latest.current(wanted);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className={cx("relative", className)}>
      <Search
        size={14}
        className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-3"
        aria-hidden="true"
      />
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        className="field h-8 pl-8! max-md:h-10"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  );
}
