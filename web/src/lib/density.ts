import { preference } from "./preference";

/** How much air rows have. */
export type Density = "comfortable" | "compact";

const chosen = preference<Density>("mc.density", ["comfortable", "compact"]);

/** Chooses how much air rows have in this browser. */
export function setDensity(density: Density): void {
  chosen.set(density);
  applyDensity();
}

/** How much air rows have. */
export const useDensity = chosen.use;

/** Tells the style sheet what was chosen. */
export function applyDensity(): void {
  document.documentElement.dataset.density = chosen.get();
}
