import { Check, CircleAlert, X } from "lucide-react";
import { useState } from "react";
import { TextField } from "@/components/ui/TextField";
import { tryPattern } from "./pattern";

interface PatternFieldProps {
  value: string;
  error?: string | null;
  onChange: (pattern: string) => void;
}

/** A pattern for values, with a place to try it. */
export function PatternField({ value, error, onChange }: PatternFieldProps) {
  const [sample, setSample] = useState("");
  return (
    <div className="space-y-2">
      <TextField
        label="Pattern"
        hint="A regular expression that the whole value must match, such as [A-Z]+-\d+. Empty for any value."
        error={error}
        mono
        autoCapitalize="none"
        maxLength={1000}
        value={value}
        onChange={onChange}
      />
      {value.trim() && (
        <div className="rounded-lg border border-line bg-sunken p-3">
          <TextField label="Try a value" mono value={sample} onChange={setSample} />
          <Outcome pattern={value} sample={sample} />
        </div>
      )}
    </div>
  );
}

function Outcome({ pattern, sample }: { pattern: string; sample: string }) {
  const trial = tryPattern(pattern, sample);
  const look = {
    matches: { className: "text-ok", icon: <Check size={14} aria-hidden="true" />, text: "The value is accepted." },
    differs: { className: "text-danger", icon: <X size={14} aria-hidden="true" />, text: "The value is refused." },
    invalid: { className: "text-danger", icon: <CircleAlert size={14} aria-hidden="true" />, text: "" },
    untried: { className: "text-warn", icon: <CircleAlert size={14} aria-hidden="true" />, text: "" },
  }[trial.kind];
  if (!sample && (trial.kind === "matches" || trial.kind === "differs")) return null;
  return (
    <p role="status" className={`mt-1.5 flex items-center gap-1.5 text-xs font-medium ${look.className}`}>
      {look.icon}
      {"text" in trial ? trial.text : look.text}
    </p>
  );
}
