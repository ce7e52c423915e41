/** What a value has to be: the name of a type, one of some texts, a list of one shape, or fields, those with `?` where they are there. */
export type Shape = string | readonly [Shape] | { readonly [field: string]: Shape } | ReadonlySet<unknown> | RegExp;

/** Everything in which a value is not of a shape, by its place. Fields that the shape does not name may be there. */
export function misfits(value: unknown, shape: Shape, place = ""): string[] {
  const wrong = (want: string): string[] => [`${place} is ${JSON.stringify(value)}, not ${want}`];
  if (typeof shape === "string") return typeof value === shape ? [] : wrong(`a ${shape}`);
  if (shape instanceof RegExp) return typeof value === "string" && shape.test(value) ? [] : wrong(String(shape));
  if (shape instanceof Set) return shape.has(value) ? [] : wrong(`one of ${[...shape].join(", ")}`);
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return wrong("a list");
    return value.flatMap((item, index) => misfits(item, shape[0] as Shape, `${place}[${index}]`));
  }
  if (typeof value !== "object" || value === null) return wrong("a record");
  return Object.entries(shape).flatMap(([named, part]) => {
    const field = named.replace(/\?$/, "");
    const found = (value as Record<string, unknown>)[field];
    if (found === undefined && named !== field) return [];
    return misfits(found, part, `${place}.${field}`);
  });
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const runId = /^r[1-9]\d{0,6}$/;
const stepStatus = new Set(["pending", "running", "succeeded", "failed", "blocked", "timed_out", "canceled"]);
const runStatus = new Set(["running", "canceling", "succeeded", "mixed", "failed", "canceled", "expired"]);
const finding = {
  code: "string",
  message: "string",
  path: /^\//,
  severity: new Set(["info", "warning", "error"]),
  "action?": "string",
  "fields?": ["string"],
  "repair?": "string",
} satisfies Shape;

/** The records that clients of the predecessor read, with the fields that they know. */
export const records = {
  run: {
    runId,
    objective: "string",
    status: runStatus,
    terminal: "boolean",
    createdAt: time,
    updatedAt: time,
    "expiresAt?": time,
    liveStepIds: ["string"],
    sinkStepIds: ["string"],
    lastEvent: "string",
    canMessage: "boolean",
    canCancel: "boolean",
    canCleanup: "boolean",
    counts: Object.fromEntries([...stepStatus].map((status) => [status, "number"])),
  },
  steps: [
    {
      id: "string",
      status: stepStatus,
      agentRef: "string",
      "model?": "string",
      "thinking?": "string",
      effectiveTools: ["string"],
      extensionTools: ["string"],
      callerSkills: ["string"],
      needs: ["string"],
      after: ["string"],
      "startedAt?": time,
      "endedAt?": time,
      "lastActivity?": "string",
      "errorMessage?": "string",
      "outputFilePath?": /^\//,
      "outputChars?": "number",
      taskPreview: "string",
      cwd: /^\//,
      "stopReason?": "string",
      upstreamArtifacts: [
        { stepId: "string", status: new Set([...stepStatus, "missing"]), "filePath?": /^\//, "chars?": "number" },
      ],
    },
  ],
  outputs: [{ stepId: "string", status: stepStatus, "text?": "string", "filePath?": /^\//, "chars?": "number" }],
  events: [
    {
      seq: "number",
      time,
      "stepId?": "string",
      type: new Set([
        "run",
        "step",
        "assistant_delta",
        "assistant_final",
        "tool",
        "diagnostic",
        "parent_message",
        "rpc",
        "ui",
      ]),
      label: "string",
      "preview?": "string",
      "status?": "string",
    },
  ],
  message: {
    runId,
    stepId: "string",
    channel: new Set(["steer", "follow_up"]),
    "clientMessageId?": "string",
    accepted: "boolean",
    "undeliveredReason?": "string",
    reused: "boolean",
  },
  notice: {
    runId,
    mode: new Set(["none", "final", "milestones"]),
    terminal: "boolean",
    reasons: ["string"],
    noticeCount: "number",
    noticeLimitReached: "boolean",
  },
  cleanup: { runId, deletedPaths: [/^\//] },
  library: { sources: ["string"], "query?": "string", projectAgents: "string" },
  catalog: [
    {
      ref: "string",
      name: "string",
      description: "string",
      source: new Set(["package", "user", "project"]),
      tags: ["string"],
    },
  ],
  error: finding,
  cursor: "string",
  details: {
    kind: /^agent_team$/,
    action: "string",
    ok: "boolean",
    diagnostics: [finding],
    "error?": finding,
    catalog: [{}],
    extensionTools: [{}],
    "cursor?": "string",
    events: [{}],
    steps: [{}],
    outputs: [{}],
  },
} satisfies Record<string, Shape>;
