import { tabOrganization } from "@/api/organization";
import { storedIds } from "@/lib/storedIds";

// The organizations in which the guide has nothing left to show, as this browser has seen.
const finished = storedIds("mc.guide-done", 20);

/** Notes in this browser that the guide has nothing left to show in the organization of this tab. */
export function guideDone(): void {
  const organization = tabOrganization();
  if (organization) finished.add(organization);
}

/** Whether the guide has nothing left to show in the organization of this tab. */
export function useGuideDone(): boolean {
  return finished.use().includes(tabOrganization() ?? "");
}
