/** The limits of traces; part of `limits`. How many events, links and attributes a span keeps is the SDK's affair, which counts the rest. */
export const telemetryLimits = {
  /** Names of the steps that block one, on the span of the run; the rest is counted. */
  spanBlockersMax: 20,
} as const;
