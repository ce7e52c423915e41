/** The limits of the team tool; part of `limits`. */
export const toolLimits = {
  /**
   * What a model may ask of the team tool, and what it is told. These are the predecessor's figures, for models know no others; a graph
   * that does not come through the tool is not held to them.
   */
  toolStepsMax: 16,
  /** Entries of one `needs` or `after`. */
  toolDependenciesMax: 12,
  toolConcurrencyMax: 6,
  toolGraphFileBytesMax: 262_144,
  toolWaitSecondsMax: 60,
  toolReplyBytesDefault: 51_200,
  toolReplyBytesMax: 200_000,
  toolCursorCharsMax: 128,
  toolRetentionSecondsDefault: 86_400,
  toolSchemaFindingsMax: 5,
  /** Runs that the tool has started and that have not ended, of all sessions; and those that are still there at all. */
  toolLiveRunsMax: 16,
  toolRetainedRunsMax: 64,
  toolRunNumberMax: 9_999_999,
  /** Numbers that are tried one after the other where other processes start runs in the same journal. */
  toolRunNumberTriesMax: 100,
  /** The text of one result, whatever it is made of. */
  toolTextLinesMax: 2_000,
  toolTextBytesMax: 51_200,
  /** The rows of ended steps in it, and of what they are made. */
  toolArtifactRowsBytesMax: 8_000,
  toolPathCharsMax: 220,
  toolShortCharsMax: 160,
  toolTaskCharsMax: 180,
  toolUpstreamRowsMax: 5,
  toolRunsNamedMax: 5,
  toolEventPreviewCharsMax: 2_000,
  /** Kept of the newest text of a running step, from the end. */
  toolLiveTextCharsMax: 6_000,
  /** Notices that a host failed to take and a session is told of with its next result; beyond it they are counted. */
  toolFailedNoticesMax: 16,
  /** Between two updates of a call that waits: as often as steps tell what they do. */
  toolUpdateMs: 250,
  /** Sessions that are remembered for their notices; beyond it one that was closed is forgotten. */
  toolSessionsMax: 1_000,
  /** How long the end of a session waits for its runs to be gone, after they were ended by force. */
  toolShutdownMs: 20_000,
} as const;
