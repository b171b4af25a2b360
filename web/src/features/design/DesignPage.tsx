import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { useTitle } from "@/lib/title";
import { ChartExamples } from "./ChartExamples";
import { ColorExamples } from "./ColorExamples";
import { ControlExamples } from "./ControlExamples";
import { OverlayExamples } from "./OverlayExamples";
import { TableExamples } from "./TableExamples";
import { TextExamples } from "./TextExamples";

/** Every shared part in its states, to look at while one works on them. Only in development builds. */
export function DesignPage() {
  useTitle("Design");
  return (
    <>
      <PageHeader>
        <PageTitle>Design</PageTitle>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto max-w-6xl space-y-4 p-4 max-md:p-3">
          <ColorExamples />
          <ControlExamples />
          <TextExamples />
          <OverlayExamples />
          <ChartExamples />
          <TableExamples />
        </div>
      </div>
    </>
  );
}
