import { CopyButton } from "./CopyButton";

/** A text to take away, such as a secret that is shown once. */
export function Shown({ label, text, testId }: { label: string; text: string; testId?: string }) {
  return (
    <div>
      <p className="mb-1 text-sm font-medium">{label}</p>
      <div className="flex items-center gap-2 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
        <code data-testid={testId} className="min-w-0 flex-1 font-mono text-xs break-all select-all">
          {text}
        </code>
        <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} />
      </div>
    </div>
  );
}
