import { linkOptions } from "@tanstack/react-router";
import { Tabs } from "@/components/Tabs";

/** The two pages about skills. */
export function SkillTabs({ active }: { active: "marketplace" | "packs" }) {
  return (
    <div className="px-4 max-md:px-3">
      <Tabs
        label="Skills"
        tabs={[
          {
            label: "Marketplace",
            active: active === "marketplace",
            link: linkOptions({ to: "/skills/marketplace", search: {} }),
          },
          { label: "Packs", active: active === "packs", link: linkOptions({ to: "/skills/packs", search: {} }) },
        ]}
      />
    </div>
  );
}
