import type { StepStatus } from "../../domain/status.ts";

export interface Colours {
  readonly fill: string;
  readonly line: string;
  readonly text: string;
}

/** The colours of a status on light and on dark ground; every text has a contrast of at least 4.5 to its fill. */
export const statusColours: Readonly<Record<StepStatus, { readonly light: Colours; readonly dark: Colours }>> = {
  pending: {
    light: { fill: "#f1f3f5", line: "#868e96", text: "#343a40" },
    dark: { fill: "#2b3035", line: "#868e96", text: "#dee2e6" },
  },
  running: {
    light: { fill: "#d0ebff", line: "#1c7ed6", text: "#0b3a66" },
    dark: { fill: "#123a5c", line: "#4dabf7", text: "#d0ebff" },
  },
  succeeded: {
    light: { fill: "#d3f9d8", line: "#2f9e44", text: "#14501f" },
    dark: { fill: "#17431f", line: "#51cf66", text: "#d3f9d8" },
  },
  failed: {
    light: { fill: "#ffe3e3", line: "#e03131", text: "#7d1414" },
    dark: { fill: "#5c1a1a", line: "#ff6b6b", text: "#ffe3e3" },
  },
  blocked: {
    light: { fill: "#fff3bf", line: "#e67700", text: "#5f3300" },
    dark: { fill: "#4d3800", line: "#fcc419", text: "#fff3bf" },
  },
  timedOut: {
    light: { fill: "#ffe8cc", line: "#d9480f", text: "#6b2506" },
    dark: { fill: "#5a2a0c", line: "#ff922b", text: "#ffe8cc" },
  },
  canceled: {
    light: { fill: "#e9ecef", line: "#495057", text: "#212529" },
    dark: { fill: "#343a40", line: "#adb5bd", text: "#e9ecef" },
  },
};
