import { Badge, type Tone } from "@/components/Badge";
import { Panel } from "@/components/Panel";

const SURFACES = ["canvas", "surface", "raised", "sunken", "hover", "line", "line-strong"];
const INKS = ["ink", "ink-2", "ink-3", "accent-text", "inbox", "progress", "review", "done", "ok", "warn", "danger"];
const TONES: Tone[] = ["neutral", "accent", "ok", "warn", "danger"];
const SIZES = ["text-xs", "text-sm", "text-base", "text-lg", "text-xl"];

/** The colours and sizes that everything is made from. */
export function ColorExamples() {
  return (
    <Panel title="Colours and type">
      <ul className="grid grid-cols-4 gap-2 md:grid-cols-7">
        {SURFACES.map((name) => (
          <li key={name} className="text-xs text-ink-2">
            <span
              className="mb-1 block h-10 rounded-md border border-line-strong/60"
              style={{ background: `var(--${name})` }}
            />
            {name}
          </li>
        ))}
      </ul>
      <p className="mt-4 flex flex-wrap gap-x-4 gap-y-1 font-medium">
        {INKS.map((name) => (
          <span key={name} style={{ color: `var(--${name})` }}>
            {name}
          </span>
        ))}
      </p>
      <p className="mt-4 flex flex-wrap gap-2">
        {TONES.map((tone) => (
          <Badge key={tone} tone={tone}>
            {tone}
          </Badge>
        ))}
      </p>
      <p className="mt-4 flex flex-wrap items-baseline gap-x-5">
        {SIZES.map((size) => (
          <span key={size} className={size}>
            {size} 0123456789
          </span>
        ))}
      </p>
    </Panel>
  );
}
