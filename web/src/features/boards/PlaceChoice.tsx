import { useQuery } from "@tanstack/react-query";
import { gatewaysQuery } from "@/api/queries/gateways";
import { groupsQuery } from "@/api/queries/groups";
import { Field } from "@/components/ui/Field";
import { Select } from "@/components/ui/Select";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { NONE } from "./boardForm";

interface PlaceChoiceProps {
  /** An id, or `NONE`. */
  value: string;
  error?: string | null;
  disabled?: boolean;
  onChange: (value: string) => void;
}

/** Where a board's agents live. Only administrators see which gateways there are. */
export function GatewayChoice(props: PlaceChoiceProps) {
  const admin = useOrganizationAdmin();
  const gateways = useQuery({ ...gatewaysQuery, enabled: admin.allowed }).data?.items ?? [];
  if (!admin.allowed) return null;
  return (
    <PlaceChoice
      {...props}
      label="Gateway"
      hint="Where the agents of this board live. Agents that it has already are not moved."
      places={gateways}
      none="Agents of any runtime work here with a token of their own."
    />
  );
}

/** The group that a board belongs to; nothing while there are no groups. */
export function GroupChoice(props: PlaceChoiceProps) {
  const groups = useQuery(groupsQuery).data?.items ?? [];
  if (groups.length === 0) return null;
  return (
    <PlaceChoice
      {...props}
      label="Group"
      hint="Boards of one group share a page, a chat and a pace."
      places={groups}
      none="The board stands alone."
    />
  );
}

interface Choice extends PlaceChoiceProps {
  label: string;
  hint: string;
  places: readonly { id: string; name: string }[];
  /** What it means to choose none. */
  none: string;
}

function PlaceChoice({ label, hint, places, none, value, error, disabled, onChange }: Choice) {
  const options = [
    { value: NONE, label: "None", note: none },
    ...places.map((place) => ({ value: place.id, label: place.name })),
  ];
  return (
    <Field label={label} hint={hint} error={error ?? null}>
      {({ id, "aria-describedby": describedBy }) => (
        <Select
          id={id}
          aria-describedby={describedBy}
          value={value}
          options={options}
          onChange={onChange}
          disabled={disabled}
          className="w-72 max-w-full"
        />
      )}
    </Field>
  );
}
