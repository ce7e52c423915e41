/** The limits of inspection; part of `limits`. */
export const inspectLimits = {
  /** Steps that an inspector is shown, and the most that it may be asked to show: each is an actor that its page draws. */
  inspectStepsDefault: 50,
  inspectStepsMax: 10_000,
  /** A text, a list and a whole value in a message to an inspector; what is beyond is marked. */
  inspectTextCharsMax: 500,
  inspectEntriesMax: 25,
  inspectValuesMax: 200,
  /** How often the run's own snapshot is sent because its steps start and end; of a small run, each time. */
  inspectSnapshotsMax: 50,
  /** How long those who follow a run's commits let them gather: no eye notices, and a page costs as much as many commits. */
  followGatherMs: 20,
  /** Clients of one relay at a time: each reads the run for itself. */
  inspectClientsMax: 16,
  /** Unsent bytes to one client, after which the run is read on only when it has taken them. */
  inspectBufferedBytesMax: 1024 * 1024,
  /** How long a client may leave a request for the page unfinished. */
  inspectRequestMs: 10_000,
} as const;
