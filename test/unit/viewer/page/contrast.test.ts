import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { stepStatuses } from "../../../../src/domain/status.ts";

const css = readFileSync(new URL("../../../../src/viewer/page/styles/colors.css", import.meta.url), "utf8");

/** The colours of one block of rules. */
function colorsIn(block: string): ReadonlyMap<string, string> {
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name!, value!]));
}

const [light = "", system = "", chosen = ""] = css.split(/^(?=@media|:root\[data-theme)/m);

/** As WCAG 2.2 defines it. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

it("has the same dark colours by the system and by the button", () => {
  expect([...colorsIn(system)]).toEqual([...colorsIn(chosen)]);
  expect([...colorsIn(light).keys()]).toEqual([...colorsIn(chosen).keys()]);
});

it.each([
  ["light", light],
  ["dark", chosen],
])("has enough contrast for all who read it when it is %s", (_, block) => {
  const colors = colorsIn(block);
  const of = (name: string): string => colors.get(name)!;
  const texts = [
    "text",
    "muted",
    "accent",
    ...["failed", "timedOut", "succeeded", "running"].map((name) => `status-${name}`),
  ];
  for (const text of texts) {
    for (const ground of ["page", "panel", "box", "hover", "accent-soft"]) {
      expect(contrast(of(text), of(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  }
  expect(contrast(of("problem-text"), of("problem"))).toBeGreaterThanOrEqual(4.5);
  for (const status of stepStatuses) {
    expect(contrast(of("text"), of(`tint-${status}`)), `text on ${status}`).toBeGreaterThanOrEqual(4.5);
    for (const ground of ["panel", "box", `tint-${status}`]) {
      expect(contrast(of(`status-${status}`), of(ground)), `the sign of ${status} on ${ground}`).toBeGreaterThanOrEqual(
        3,
      );
    }
  }
});
