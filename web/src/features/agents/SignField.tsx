import { Combobox } from "@/components/ui/Combobox";
import { Field } from "@/components/ui/Field";
import { SIGN_CHOICES } from "./signs";

const OPTIONS = SIGN_CHOICES.map(({ icon: Icon, ...choice }) => ({
  ...choice,
  icon: <Icon size={14} className="shrink-0 text-ink-2" aria-hidden="true" />,
}));

/** The choice of the sign by which people know an agent. One that this console does not know can be kept. */
export function SignField({ value, onChange }: { value: string | null; onChange: (value: string | null) => void }) {
  const isKnown = value === null || OPTIONS.some((option) => option.value === value);
  return (
    <Field label="Sign">
      {({ id }) => (
        <Combobox
          id={id}
          none="None"
          value={value}
          options={isKnown ? OPTIONS : [{ value, label: value }, ...OPTIONS]}
          onChange={onChange}
          className="w-full"
        />
      )}
    </Field>
  );
}
