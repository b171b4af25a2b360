import type { ComponentProps, ReactNode } from "react";
import { cx } from "@/lib/cx";
import { Field } from "./Field";

interface TextProps {
  label: string;
  hint?: ReactNode;
  /** Why the text is refused, by the form or by the server. */
  error?: string | null;
  required?: boolean;
  /** Letters of one width, for what machines read. */
  mono?: boolean;
  value: string;
  onChange: (text: string) => void;
}

type Native = Pick<
  ComponentProps<"input">,
  "autoCapitalize" | "autoComplete" | "inputMode" | "maxLength" | "placeholder" | "readOnly" | "spellCheck"
>;

interface TextFieldProps extends TextProps, Native {
  type?: "text" | "url" | "email" | "password" | "date";
  /** Stands behind the text, such as a button that fills it in. */
  beside?: ReactNode;
  /** How the whole field lies in its place. */
  className?: string;
  /** The text's own width, where it is short by nature. */
  inputClassName?: string;
}

/** A line of text with its label, a hint and the reason for a refusal. */
export function TextField({
  label,
  hint,
  error,
  required,
  className,
  mono,
  inputClassName,
  beside,
  onChange,
  ...native
}: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} required={required} className={className}>
      {(props) => {
        const input = (
          <input
            {...native}
            {...props}
            className={cx("field", mono && "font-mono", inputClassName)}
            spellCheck={mono ? false : native.spellCheck}
            onChange={(event) => onChange(event.target.value)}
          />
        );
        return beside ? (
          <div className="flex gap-2">
            {input}
            {beside}
          </div>
        ) : (
          input
        );
      }}
    </Field>
  );
}

interface TextAreaFieldProps extends TextProps, Pick<Native, "maxLength" | "placeholder"> {
  /** Lines while there is little text; the field grows with it, up to a third of the screen. */
  rows?: number;
}

/** Text of several lines with its label, a hint and the reason for a refusal. */
export function TextAreaField({
  label,
  hint,
  error,
  required,
  mono,
  rows = 3,
  onChange,
  ...native
}: TextAreaFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} required={required}>
      {(props) => (
        <textarea
          {...native}
          {...props}
          className={cx("field field-sizing-content max-h-[33dvh]", mono && "font-mono text-xs")}
          style={{ minHeight: `calc(${rows}lh + 0.75rem)` }}
          spellCheck={mono ? false : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
