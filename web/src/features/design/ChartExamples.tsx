import { Bars } from "@/components/charts/Bars";
import { Meter } from "@/components/charts/Meter";
import { Sparkline } from "@/components/charts/Sparkline";
import { TimeSeries } from "@/components/charts/TimeSeries";
import { Panel } from "@/components/Panel";
import { Stat } from "@/components/Stat";
import { formatCount, formatDuration } from "@/lib/format";

const PERIODS = Array.from({ length: 14 }, (_, day) => `2026-03-${String(day + 1).padStart(2, "0")}T00:00:00`);
const wave = (phase: number) => PERIODS.map((_, day) => Math.round(8 + 6 * Math.sin(day / 2 + phase)));

/** Figures and their course. */
export function ChartExamples() {
  const now = wave(0);
  return (
    <Panel title="Figures and charts">
      <div className="mb-4 grid grid-cols-2 gap-3 md:grid-cols-4">
        <Stat label="Finished" value="124" change={{ now: 124, before: 98, better: "more" }} note="than before">
          <Sparkline values={now} color="done" />
        </Stat>
        <Stat label="Error rate" value="12%" change={{ now: 12, before: 4, better: "less" }} tone="danger" />
        <Stat label="Unknown" value="–" note="nothing was finished" />
        <Stat label="Being loaded" value={undefined} />
      </div>
      <div className="grid gap-6 md:grid-cols-2">
        <TimeSeries
          label="With comparison"
          kind="area"
          periods={PERIODS}
          bucket="day"
          series={[
            { label: "Now", color: "accent", values: now },
            { label: "Before", color: "muted", values: wave(2), isComparison: true },
          ]}
          format={formatCount}
          whole
        />
        <TimeSeries
          label="With gaps"
          periods={PERIODS}
          bucket="day"
          series={[
            { label: "Hours", color: "review", values: now.map((value, day) => (day % 5 === 3 ? null : value)) },
          ]}
          format={(hours) => formatDuration(hours * 3600)}
        />
        <TimeSeries
          label="In layers"
          kind="bars"
          periods={PERIODS}
          bucket="day"
          series={[
            { label: "Done", color: "done", values: now },
            { label: "Review", color: "review", values: wave(1) },
            { label: "In progress", color: "progress", values: wave(3) },
          ]}
          format={formatCount}
          whole
        />
        <div className="space-y-4">
          <Bars
            label="By agent"
            bars={[
              { label: "Ada", value: 120_400 },
              { label: "Grace", value: 64_000, color: "review" },
              { label: "Linus", value: 0, color: "muted" },
            ]}
            format={formatCount}
          />
          {[30, 85, 97].map((value) => (
            <Meter key={value} label={`Context ${value}`} value={value} max={100} />
          ))}
        </div>
      </div>
    </Panel>
  );
}
