import { Menu as Base } from "@base-ui/react/menu";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/lib/cx";

interface MenuProps {
  /** The button that opens the menu. */
  trigger: React.JSX.Element;
  align?: "start" | "center" | "end";
  side?: "top" | "bottom" | "left" | "right";
  className?: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}

/** A menu of actions. */
export function Menu({
  trigger,
  align = "start",
  side = "bottom",
  className,
  open,
  onOpenChange,
  children,
}: MenuProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="z-50 outline-none" sideOffset={6} align={align} side={side}>
          <Base.Popup className={cx("popup max-h-(--available-height) min-w-48 overflow-y-auto p-1", className)}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface MenuItemProps {
  icon?: ReactNode;
  /** A second line, such as why the item cannot be chosen. */
  note?: string | null;
  hint?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  onClick?: () => void;
  children: ReactNode;
}

/** One action of a menu. */
export function MenuItem({ icon, note, hint, danger, disabled, onClick, children }: MenuItemProps) {
  return (
    <Base.Item className={cx("menu-item", danger && "text-danger")} disabled={disabled} onClick={onClick}>
      {icon}
      <span className="min-w-0 flex-1">
        <span className="block truncate">{children}</span>
        {note && <span className="block max-w-64 text-xs whitespace-normal text-ink-3">{note}</span>}
      </span>
      {hint}
    </Base.Item>
  );
}

/** A way to another page; `render` is the link. */
export function MenuLink({
  icon,
  render,
  children,
}: {
  icon?: ReactNode;
  render: React.JSX.Element;
  children: ReactNode;
}) {
  return (
    <Base.Item className="menu-item" render={render} nativeButton={false}>
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
    </Base.Item>
  );
}

/** A titled part of a menu. */
export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 pt-1.5 pb-1 text-xs font-medium text-ink-3">{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  );
}

/** A line between parts of a menu. */
export function MenuSeparator() {
  return <Base.Separator className="my-1 h-px bg-line" />;
}

interface MenuChoiceProps<T extends string> {
  label: string;
  value: T;
  options: { value: T; label: string; icon?: ReactNode }[];
  onChange: (value: T) => void;
}

/** A part of a menu in which one of several options holds. */
export function MenuChoice<T extends string>({ label, value, options, onChange }: MenuChoiceProps<T>) {
  return (
    <Base.RadioGroup value={value} onValueChange={onChange}>
      <MenuGroup label={label}>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} className="menu-item" closeOnClick>
            {option.icon}
            <span className="flex-1">{option.label}</span>
            <Base.RadioItemIndicator className="text-accent-text">✓</Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </MenuGroup>
    </Base.RadioGroup>
  );
}

interface MenuTogglesProps<T extends string> {
  label: string;
  values: readonly T[];
  options: { value: T; label: string; icon?: ReactNode }[];
  onChange: (values: T[]) => void;
}

/** A part of a menu in which any number of options holds; it stays open while they are chosen. */
export function MenuToggles<T extends string>({ label, values, options, onChange }: MenuTogglesProps<T>) {
  return (
    <MenuGroup label={label}>
      {options.map((option) => (
        <Base.CheckboxItem
          key={option.value}
          checked={values.includes(option.value)}
          onCheckedChange={(checked) =>
            onChange(checked ? [...values, option.value] : values.filter((value) => value !== option.value))
          }
          className="menu-item"
        >
          {option.icon}
          <span className="flex-1">{option.label}</span>
          <Base.CheckboxItemIndicator className="text-accent-text">✓</Base.CheckboxItemIndicator>
        </Base.CheckboxItem>
      ))}
    </MenuGroup>
  );
}

interface MenuSubProps {
  label: string;
  icon?: ReactNode;
  /** How much is chosen in it, or another short word. */
  hint?: ReactNode;
  children: ReactNode;
}

/** A part of a menu that opens beside it. */
export function MenuSub({ label, icon, hint, children }: MenuSubProps) {
  return (
    <Base.SubmenuRoot>
      <Base.SubmenuTrigger className="menu-item data-popup-open:bg-hover">
        {icon}
        <span className="min-w-0 flex-1 truncate">{label}</span>
        {hint && <span className="text-xs text-ink-3">{hint}</span>}
        <ChevronRight size={14} className="text-ink-3" aria-hidden="true" />
      </Base.SubmenuTrigger>
      <Base.Portal>
        <Base.Positioner className="z-50 outline-none" sideOffset={2} collisionPadding={8}>
          <Base.Popup className="popup max-h-[min(24rem,var(--available-height))] w-56 overflow-y-auto p-1">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.SubmenuRoot>
  );
}
