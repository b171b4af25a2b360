import { CopyButton } from "./CopyButton";

/** Lines to copy into a terminal or to read; they scroll sideways rather than break. */
export function Code({ text, label, wrap }: { text: string; label: string; wrap?: boolean }) {
  return (
    <section aria-label={label} className="relative rounded-md border border-line bg-sunken">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
        tabIndex={0}
        className={`max-h-96 overflow-auto p-3 pr-11 font-mono text-xs leading-5 text-ink ${wrap ? "break-words whitespace-pre-wrap" : ""}`}
      >
        {text}
      </pre>
      <div className="absolute top-1.5 right-1.5 rounded-md bg-sunken">
        <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} />
      </div>
    </section>
  );
}
