import { cx } from "@/lib/cx";
import { label } from "./describe";
import type { FieldChange } from "./payload";

/** What would be different: fields as they are and as they would be, and a diff line by line. */
export function Changes({ changes, diff }: { changes: FieldChange[]; diff: string | undefined }) {
  return (
    <div className="space-y-3">
      {changes.length > 0 && (
        <div className="overflow-hidden rounded-lg border border-line">
          {changes.map((change) => (
            <div key={change.field} className="border-b border-line last:border-b-0">
              <p className="bg-sunken px-3 py-1.5 text-xs font-medium text-ink-2">{label(change.field)}</p>
              <div className="grid grid-cols-1 divide-line sm:grid-cols-2 sm:divide-x">
                <Side name="Before" text={change.before} tone="text-danger" />
                <Side name="After" text={change.after} tone="text-ok" />
              </div>
            </div>
          ))}
        </div>
      )}
      {diff && <Diff text={diff} />}
    </div>
  );
}

function Side({ name, text, tone }: { name: string; text: string | null; tone: string }) {
  return (
    <div className="min-w-0 px-3 py-2">
      <p className={cx("text-xs font-medium", tone)}>{name}</p>
      {text === null ? (
        <p className="text-ink-3">Nothing</p>
      ) : (
        <p className="max-h-60 overflow-y-auto break-words whitespace-pre-wrap">{text}</p>
      )}
    </div>
  );
}

/** A unified diff. The sign at the start of a line says what the colour says. */
function Diff({ text }: { text: string }) {
  return (
    <section aria-label="Diff" className="overflow-hidden rounded-lg border border-line bg-sunken">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
        tabIndex={0}
        className="max-h-96 overflow-auto py-2 font-mono text-xs leading-5"
      >
        {text.split("\n").map((line, number) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their number.
            key={number}
            className={cx(
              "min-w-max px-3",
              /^\+(?!\+\+)/.test(line) && "bg-ok-soft text-ok",
              /^-(?!--)/.test(line) && "bg-danger-soft text-danger",
              line.startsWith("@@") && "text-accent-text",
            )}
          >
            {line || " "}
          </div>
        ))}
      </pre>
    </section>
  );
}
