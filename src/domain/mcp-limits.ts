/** The limits of the MCP server; part of `limits`. */
export const mcpLimits = {
  /**
   * The MCP server. One message from its client; a longer one is refused, because it would have to be held as a whole: a larger graph
   * is given as a file.
   */
  mcpInputBytesMax: 10 * 1024 * 1024,
  /** Of a status and of the lists of runs and events: what a model can still read. The rest is counted. */
  mcpStepsMax: 100,
  mcpRunsMax: 100,
  mcpEventsMax: 100,
  /** Lines of steps and events in the text of an answer; the structured answer has those above. */
  mcpLinesMax: 40,
  /** Names of what there is, in an error about something that is not. */
  mcpNamesMax: 10,
  /** One text among many, one message of an error, and one event of a page as JSON. */
  mcpTextCharsMax: 300,
  mcpMessageCharsMax: 2_000,
  mcpEventCharsMax: 4_096,
  mcpDiagnosticsMax: 20,
  /** What `step_result` gives of an output. */
  mcpResultBytesDefault: 16 * 1024,
  mcpResultBytesMax: 256 * 1024,
  /** What a resource gives of an artifact, and the largest graph that is given as one. */
  mcpResourceBytesMax: 1024 * 1024,
  /** How long one wait may take, and without being told so; clients give up on a request after a minute, unless they hear of progress. */
  mcpWaitSecondsMax: 3_600,
  mcpWaitSecondsDefault: 30,
  /** How often a client that wants to hear of it is told that a wait goes on. */
  mcpProgressMs: 2_000,
} as const;
