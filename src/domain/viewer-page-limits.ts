/** Limits of the page that shows runs in a browser; spread into `limits`. */
export const viewerPageLimits = {
  /** Events between two folds that the page keeps, or the number of steps where that is more: so all of them cost no more than the events. */
  viewerCheckpointEventsMin: 256,
  /** Graphs with more steps are laid out without looking for fewer crossings, which would take longer than anybody waits. */
  viewerUntangledStepsMax: 1_500,
  /** Steps in one column of the drawing before it goes on in a column beside it, so that a wide fan stays readable. */
  viewerColumnStepsMax: 40,
  /** How many times as wide as high a drawing may be before it goes on in a line below. */
  viewerAspectMax: 3,
  /** Characters of one text that are shown at first, and how many more each time when asked for. */
  viewerTextCharsMax: 4_000,
  /** Characters of a fact that stands in one line with its name; a longer one has a box that scrolls. */
  viewerLineCharsMax: 200,
  /** The newest characters of an attempt's text that are shown. */
  viewerTailCharsMax: 4_000,
  /** What an attempt told beside text, of which the newest are shown. */
  viewerToldLinesMax: 50,
  /** Steps, messages and other entries of a list that is not scrolled by rows; the rest is counted. */
  viewerListedMax: 100,
  /** How long the page waits before it connects again after a refusal, doubled each time, and the longest wait. */
  viewerReconnectMs: 500,
  viewerReconnectMaxMs: 8_000,
  /** Time between two events while the page plays a run. */
  viewerPlayStepMs: 120,
} as const;
