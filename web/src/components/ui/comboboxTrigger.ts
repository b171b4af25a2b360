/** The look of the closed control, which `LazyCombobox` shows before there is more. */
export const TRIGGER =
  "flex items-center gap-2 rounded-md text-left text-sm transition-colors data-disabled:cursor-not-allowed";

/** With a frame, for forms and filters. */
export const TRIGGER_FRAME =
  "h-8 border border-line-strong/60 bg-surface px-2.5 hover:border-line-strong aria-invalid:border-danger data-disabled:bg-sunken data-disabled:text-ink-3 max-md:h-10";
