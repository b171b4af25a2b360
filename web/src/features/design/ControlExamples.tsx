import { linkOptions } from "@tanstack/react-router";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Panel } from "@/components/Panel";
import { Property, PropertyList } from "@/components/PropertyList";
import { Tabs } from "@/components/Tabs";
import { Button, IconButton } from "@/components/ui/Button";
import { Checkbox } from "@/components/ui/Checkbox";
import { Combobox, MultiCombobox } from "@/components/ui/Combobox";
import { Field } from "@/components/ui/Field";
import { NumberField } from "@/components/ui/NumberField";
import { Select } from "@/components/ui/Select";
import { Switch } from "@/components/ui/Switch";

const MANY = Array.from({ length: 400 }, (_, index) => ({
  value: `zone-${index}`,
  label: `Zone ${index}`,
  note: index % 50 === 0 ? "With a second line" : null,
}));
const FEW = ["low", "medium", "high"].map((value) => ({ value, label: value }));

/** Everything that is pressed, chosen or typed into. */
export function ControlExamples() {
  const [few, setFew] = useState("medium");
  const [one, setOne] = useState<string | null>(null);
  const [several, setSeveral] = useState<string[]>(["zone-1", "zone-2"]);
  const [count, setCount] = useState<number | null>(10);
  const [checked, setChecked] = useState(true);
  return (
    <Panel title="Controls">
      <div className="mb-4 flex flex-wrap gap-2">
        <Button variant="primary" icon={<Plus size={15} />}>
          Primary
        </Button>
        <Button>Secondary</Button>
        <Button variant="ghost">Ghost</Button>
        <Button variant="danger">Danger</Button>
        <Button busy>Busy</Button>
        <Button reason="Only administrators can do this.">With a reason</Button>
        <IconButton label="Delete" keys="Del">
          <Trash2 size={15} />
        </IconButton>
      </div>
      <Tabs
        label="Example"
        tabs={[
          { label: "Overview", link: linkOptions({ to: "/design" }), active: true },
          { label: "Sessions", link: linkOptions({ to: "/gateways" }), active: false, count: 12 },
        ]}
      />
      <div className="mt-4 grid gap-4 md:grid-cols-3">
        <Field label="Select">{(props) => <Select {...props} value={few} options={FEW} onChange={setFew} />}</Field>
        <Field label="Combobox" hint="400 choices, searched by typing">
          {(props) => (
            <Combobox {...props} value={one} options={MANY} onChange={setOne} none="Nothing" className="w-full" />
          )}
        </Field>
        <Field label="Combobox for several">
          {(props) => <MultiCombobox {...props} values={several} options={MANY} onChange={setSeveral} />}
        </Field>
        <Field label="Number" error="At least 5 minutes.">
          {(props) => <NumberField {...props} value={count} onChange={setCount} min={1} max={60} unit="minutes" />}
        </Field>
        <div className="space-y-3">
          <Checkbox label="Chosen" description="With a description." checked={checked} onChange={setChecked} />
          <Checkbox label="Some of them" checked={false} indeterminate onChange={setChecked} />
          <Checkbox label="Not to be changed" checked reason="You may read this only." onChange={setChecked} />
        </div>
        <div className="space-y-3">
          <Switch label="A setting" description="Takes effect at once." checked={checked} onChange={setChecked} />
          <PropertyList>
            <Property label="Status">Online</Property>
            <Property label="Lead">{null}</Property>
          </PropertyList>
        </div>
      </div>
    </Panel>
  );
}
