const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500].flatMap((ms) => [ms]);
const seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];
const distances = [...steps, ...seconds.map((count) => count * 1_000)];

/** Round times from 0 on, at most six beside it, for the axis of a span in milliseconds. */
export function ticksOf(span: number): readonly number[] {
  const distance = distances.find((ms) => span / ms <= 6) ?? span;
  const count = Math.floor(span / distance);
  // The last one needs room for its text.
  return Array.from({ length: count + 1 }, (_, number) => number * distance).filter((tick) => tick / span <= 0.94);
}
