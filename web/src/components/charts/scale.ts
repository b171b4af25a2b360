/** A scale that ends at a round number, and the marks on it. */
export interface Scale {
  max: number;
  ticks: number[];
}

const STEPS = [1, 2, 2.5, 5, 10];

/** A scale from 0 to at least `largest` with about `count` marks at round numbers; `whole` allows whole numbers only. */
export function niceScale(largest: number, count = 4, whole = false): Scale {
  const top = largest > 0 && Number.isFinite(largest) ? largest : 1;
  const rough = top / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = (STEPS.find((factor) => factor * power >= rough - Number.EPSILON) ?? 10) * power;
  if (whole) step = Math.max(1, Math.ceil(step));
  const steps = Math.max(1, Math.ceil(top / step - 1e-9));
  // Multiplied, not added up, so that rounding errors do not add up either.
  const ticks = Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return { max: ticks.at(-1) as number, ticks };
}

/** Which of `count` labels fit beside each other: every n-th, the last one always. */
export function labelled(count: number, room: number, labelWidth: number): Set<number> {
  const fits = Math.max(1, Math.floor(room / labelWidth));
  const every = Math.max(1, Math.ceil(count / fits));
  const shown = new Set<number>();
  for (let index = count - 1; index >= 0; index -= every) shown.add(index);
  return shown;
}
