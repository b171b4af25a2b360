import { type ComponentProps, cloneElement, type ReactNode, type Ref } from "react";
import { cx } from "@/lib/cx";

type Variant = "primary" | "secondary" | "ghost" | "danger";
type Size = "sm" | "md";

const VARIANTS: Record<Variant, string> = {
  primary: "bg-accent text-accent-ink hover:bg-accent-hover",
  secondary: "border border-line bg-surface text-ink shadow-card hover:bg-hover",
  ghost: "text-ink-2 hover:bg-hover hover:text-ink",
  danger: "bg-danger text-danger-ink hover:bg-danger-hover",
};

const SIZES: Record<Size, string> = {
  sm: "h-7 gap-1.5 px-2 text-sm max-md:h-9 max-md:px-3",
  md: "h-8 gap-2 px-3 text-sm max-md:h-10 max-md:px-4",
};

const BASE =
  "inline-flex shrink-0 items-center justify-center rounded-md font-medium whitespace-nowrap transition-colors select-none";
const OFF = "cursor-not-allowed opacity-55";

export interface ButtonProps extends Omit<ComponentProps<"button">, "disabled"> {
  variant?: Variant;
  size?: Size;
  icon?: ReactNode;
  /** The action runs; the button keeps its place and takes no second click. */
  busy?: boolean;
  disabled?: boolean;
  /** Why the action is not possible. The button stays focusable and shows the reason. */
  reason?: string | null;
  ref?: Ref<HTMLButtonElement>;
}

/** A button that says why when it is disabled. */
export function Button({
  variant = "secondary",
  size = "md",
  icon,
  busy,
  disabled,
  reason,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const off = busy || disabled || Boolean(reason);
  const button = (
    <button
      type="button"
      {...rest}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      className={cx(BASE, VARIANTS[variant], SIZES[size], off && OFF, className)}
      onClick={(event) => {
        if (off) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {icon}
      {children}
    </button>
  );
  return reason ? <Tip text={reason}>{button}</Tip> : button;
}

export interface IconButtonProps extends Omit<ButtonProps, "children" | "icon"> {
  /** The accessible name, shown as a tooltip too. */
  label: string;
  /** Keys that do the same, shown beside the name. */
  keys?: string;
  children: ReactNode;
}

/** A square button with an icon and a name. */
export function IconButton({ label, keys, reason, children, className, size = "md", ...rest }: IconButtonProps) {
  const side = size === "sm" ? "w-7 max-md:w-9" : "w-8 max-md:w-10";
  return (
    <Tip text={reason ? `${label}: ${reason}` : label} keys={keys}>
      <Button
        variant="ghost"
        size={size}
        aria-label={label}
        disabled={Boolean(reason)}
        {...rest}
        className={cx("px-0! max-md:px-0!", side, className)}
      >
        {children}
      </Button>
    </Tip>
  );
}

/** A short text that appears beside its element on hover and focus; `TipLayer` draws it. */
export function Tip({ text, keys, children }: { text: string; keys?: string; children: React.JSX.Element }) {
  return cloneElement(children, { "data-tip": text, "data-tip-keys": keys });
}

/** A key on the keyboard. */
export function Kbd({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <kbd className={cx("rounded border border-line bg-sunken px-1 font-sans text-xs text-ink-2", className)}>
      {children}
    </kbd>
  );
}
