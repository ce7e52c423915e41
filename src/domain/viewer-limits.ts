/** The limits of the viewer's server and of the pages it writes to files; part of `limits`. */
export const viewerLimits = {
  /** The secret in the viewer's address: what it brings along by itself, and the least that an application may give. */
  viewerTokenBytesDefault: 24,
  viewerTokenCharsMin: 22,
  viewerTokenCharsMax: 128,
  /** Connections at once; a browser makes 6 to one host. Further ones are closed before anything is read. */
  viewerConnectionsMax: 128,
  /** Pages that watch something, each with one stream a subject. */
  viewerStreamsMax: 64,
  /** A message's text, each character escaped, with what stands around it. */
  viewerBodyBytesMax: 512 * 1024,
  /** How long the headers of a request may take to come, and then its body. */
  viewerHeadersMs: 10_000,
  viewerBodyMs: 10_000,
  /** Runs in the list, youngest first: without being asked, and at most. */
  viewerRunsDefault: 200,
  viewerRunsMax: 2_000,
  /** How often the list is looked at while somebody sees it, and how often at whether the processes of its runs still live. */
  viewerRunsLookMs: 500,
  viewerOwnersLookMs: 2_000,
  /** Runs whose process is looked at: those that have not ended. Further ones are taken for live. */
  viewerOwnersMax: 100,
  /** How long the list waits for that; runs that were not reached are taken for live until the next look. */
  viewerOwnersWaitMs: 200,
  /** What one message of a stream holds at most; a single larger event makes a message of its own. */
  viewerBatchEventsMax: 500,
  viewerBatchCharsMax: 256 * 1024,
  /** After so long without a word, a stream says that it is still there. */
  viewerHeartbeatMs: 15_000,
  /** How soon a browser asks again for a stream that broke. */
  viewerRetryMs: 1_000,
  /** What is given of one artifact; the rest is counted. */
  viewerArtifactBytesMax: 4 * 1024 * 1024,
  /** The built page: its files, and all of them together. */
  viewerPageFilesMax: 64,
  viewerPageBytesMax: 16 * 1024 * 1024,
  /** A page in a file is read whole by a browser: artifacts get so much room in it, each and together. */
  viewerFileArtifactBytesMax: 256 * 1024,
  viewerFileArtifactsBytesMax: 8 * 1024 * 1024,
  /** The events in it, as JSON. */
  viewerFileEventsCharsMax: 128 * 1024 * 1024,
} as const;
