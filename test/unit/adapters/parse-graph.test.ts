import { describe, expect, it } from "vitest";
import { parseGraph, parseGraphText, type ParsedGraph } from "../../../src/adapters/graphs/parse-graph.ts";
import type { GraphDiagnostic } from "../../../src/domain/diagnostic.ts";
import { limits } from "../../../src/domain/limits.ts";

const graphOf = (...steps: unknown[]): object => ({ name: "audit", objective: "Look.", steps });
const stepWith = (fields: object): object => graphOf({ id: "a", command: ["true"], ...fields });
const found = ({ diagnostics }: ParsedGraph): string[] => diagnostics.map(({ code, pointer }) => `${code} ${pointer}`);
const only = (parsed: ParsedGraph): GraphDiagnostic => {
  expect(found(parsed)).toHaveLength(1);
  return parsed.diagnostics[0] as GraphDiagnostic;
};

describe("a graph that is fine", () => {
  const full = {
    $schema: "./graph.schema.json",
    notify: { minIntervalSeconds: 0, mode: "final", maxNotices: 0 },
    limits: { retentionSeconds: 60, maxRunSeconds: 50, stepTimeoutSeconds: 0.5, concurrency: 2 },
    steps: [
      { command: ["git", "log", ""], id: "log" },
      { shell: "du -s .", id: "size", env: { B: "2", A: "1" }, cwd: "packages", timeoutSeconds: 1.5 },
      { task: "summarize", id: "sum", needs: ["log", "size", "log"], after: [] },
      {
        onInterrupted: "retry",
        retry: { backoffSeconds: -0, attempts: 2 },
        agent: { thinking: "low", model: "m", tools: ["read"], system: "Be brief.", task: "Review.", kind: "pi" },
        after: ["sum", "log", "sum"],
        needs: ["log"],
        id: "review",
        env: {},
      },
    ],
    objective: "Look.",
    name: "audit",
  };
  const canonical =
    '{"name":"audit","objective":"Look.","steps":[{"id":"log","command":["git","log",""]},' +
    '{"id":"size","shell":"du -s .","cwd":"packages","env":{"B":"2","A":"1"},"timeoutSeconds":1.5},' +
    '{"id":"sum","task":"summarize","needs":["log","size"]},' +
    '{"id":"review","agent":{"kind":"pi","task":"Review.","system":"Be brief.","tools":["read"],"model":"m","thinking":"low"},' +
    '"needs":["log"],"after":["sum","log"],"retry":{"attempts":2,"backoffSeconds":0},"onInterrupted":"retry"}],' +
    '"limits":{"concurrency":2,"stepTimeoutSeconds":0.5,"maxRunSeconds":50,"retentionSeconds":60},' +
    '"notify":{"mode":"final","maxNotices":0,"minIntervalSeconds":0}}';

  it("becomes one canonical document, whatever the order of its fields, and no task is bound", () => {
    const parsed = parseGraph(full);
    expect(parsed.diagnostics).toEqual([]);
    if (!parsed.ok) return;
    expect(JSON.stringify(parsed.graph.document)).toBe(canonical);
    expect(Object.is(parsed.graph.document.steps[3]?.retry?.backoffSeconds, 0)).toBe(true);
    expect(parsed.graph.tasks.size).toBe(0);
  });

  it("shares nothing with what was given", () => {
    const given = JSON.parse(canonical) as {
      steps: { command: string[]; env: object }[];
      limits: { concurrency: number };
    };
    const parsed = parseGraph(given);
    given.steps[0]?.command.push("x");
    Object.assign(given.steps[1]?.env ?? {}, { C: "3" });
    given.limits.concurrency = 9;
    given.steps.pop();
    expect(JSON.stringify(parsed.ok && parsed.graph.document)).toBe(canonical);
  });

  it("may give absent fields as undefined, as programs do", () => {
    expect(parseGraph(stepWith({ shell: undefined, env: undefined, needs: undefined })).ok).toBe(true);
  });

  it("is warned of a timeout that cannot be reached, and accepted", () => {
    expect(parseGraph({ ...stepWith({ timeoutSeconds: 10 }), limits: { maxRunSeconds: 10 } }).diagnostics).toEqual([]);
    const parsed = parseGraph({ ...stepWith({ timeoutSeconds: 20 }), limits: { maxRunSeconds: 10 } });
    expect(parsed.ok).toBe(true);
    expect(only(parsed)).toMatchObject({
      code: "step-timeout-unreachable",
      severity: "warning",
      pointer: "/steps/0/timeoutSeconds",
    });
  });
});

describe("findings", () => {
  it("come all at once, of the shape and of the dependencies, each about its own field", () => {
    const parsed = parseGraph({
      name: "Audit It",
      objective: " ",
      goal: "x",
      steps: [
        { id: "a", comand: ["x"], timeoutSeconds: "5", needs: ["b"] },
        { id: "b", command: [], shell: "ls", after: ["a"] },
        null,
        { id: "b", task: "t", needs: ["Bad", "nobody"] },
      ],
      limits: { concurrency: 0 },
    });
    expect(found(parsed)).toEqual([
      "public-id-invalid /name",
      "graph-objective-required /objective",
      "input-schema-invalid /limits/concurrency",
      "input-schema-invalid /goal",
      "input-schema-invalid /steps/0/timeoutSeconds",
      "input-schema-invalid /steps/0/comand",
      "step-work-required /steps/0",
      "step-command-required /steps/1/command",
      "step-work-exclusive /steps/1",
      "input-schema-invalid /steps/2",
      "public-id-invalid /steps/3/needs/0",
      "step-id-duplicate /steps/3/id",
      "dependency-unknown /steps/3/needs/1",
      "dependency-cycle /steps/0/needs/0",
    ]);
    expect(new Set(parsed.diagnostics.map(({ repair }) => repair)).size).toBe(14);
  });

  it("about a broken step cause none about the steps that depend on it", () => {
    expect(found(parseGraph(graphOf({ id: "a", command: 5 }, { id: "b", task: "t", needs: ["a"] })))).toEqual([
      "input-schema-invalid /steps/0/command",
    ]);
  });

  it("are at most as many as the limit, and the last one counts the rest", () => {
    const parsed = parseGraph(
      graphOf(...Array.from({ length: 3_000 }, (_, index) => ({ id: `s${index}`, x: 1, task: "t" }))),
    );
    expect(parsed.diagnostics).toHaveLength(limits.diagnosticsMax);
    expect(parsed.diagnostics.at(-1)).toMatchObject({ code: "diagnostics-limited", severity: "error" });
    expect(parsed.diagnostics.at(-1)?.message).toContain(String(3_000 - limits.diagnosticsMax + 1));
  });

  it("stay short, however long the texts are that they quote", () => {
    const long = "X".repeat(100_000);
    const parsed = parseGraph(graphOf({ id: long, shell: long + long, needs: [long], cwd: long }));
    expect(parsed.ok).toBe(false);
    for (const { message, repair } of parsed.diagnostics) expect((message + repair).length).toBeLessThan(600);
  });
});

describe("the graph itself", () => {
  it.each([null, 5, "x", [], undefined, () => 1, 5n, Symbol("s")])(
    "is refused when it is no object: case %#",
    (json) => {
      expect(found(parseGraph(json))).toContain("input-schema-invalid ");
    },
  );

  it("needs an objective that says something", () => {
    expect(found(parseGraph({ name: "a", steps: [{ id: "a", task: "t" }] }))).toEqual([
      "graph-objective-required /objective",
    ]);
    expect(found(parseGraph({ name: "a", objective: 5, steps: [{ id: "a", task: "t" }] }))).toEqual([
      "input-schema-invalid /objective",
    ]);
  });

  it("suggests a name that is well formed", () => {
    const { repair } = only(
      parseGraph({ name: "Größe 2 (Nightly Audit)", objective: "x", steps: [{ id: "a", task: "t" }] }),
    );
    expect(repair).toBe('Write "gr-e-2-nightly-audit", for example.');
  });

  it.each([[undefined], [5], [{}]])("needs a list of steps, not %j", (steps) => {
    expect(found(parseGraph({ name: "a", objective: "x", ...(steps === undefined ? {} : { steps }) }))).toEqual([
      "input-schema-invalid /steps",
    ]);
  });

  it("is refused without steps, and with too many before they are looked at", () => {
    expect(found(parseGraph(graphOf()))).toEqual(["graph-steps-required /steps"]);
    const steps = Array.from({ length: limits.stepsMax + 1 }, () => null);
    expect(found(parseGraph({ name: "a", objective: "x", steps }))).toEqual(["graph-steps-too-many /steps"]);
  });
});

describe("unknown fields", () => {
  it.each([
    ["timeout", "timeoutSeconds"],
    ["timeout_seconds", "timeoutSeconds"],
    ["dependsOn", "needs"],
    ["depends_on", "needs"],
    ["cmd", "command"],
    ["Shell", "shell"],
    ["afer", "after"],
    ["environment", "env"],
  ])("%s is answered with %s", (unknown, known) => {
    const finding = only(parseGraph(stepWith({ [unknown]: 1 })));
    expect(finding).toMatchObject({ code: "input-schema-invalid", pointer: `/steps/0/${unknown}` });
    expect(finding.repair).toContain(`Write "${known}"`);
  });

  it("that resemble nothing are answered with the list of all", () => {
    expect(only(parseGraph({ ...stepWith({}), zzz: 1 })).repair).toBe(
      'Remove "zzz"; the fields here are "$schema", "name", "objective", "steps", "limits", "notify".',
    );
  });

  it("are all reported, escaped in the pointer, in every object", () => {
    const parsed = parseGraph(stepWith({ "a/b~c": 1, qqq: 2, retry: { attempts: 1, qqq: 3 }, notify: 1 }));
    expect(found(parsed)).toEqual([
      "input-schema-invalid /steps/0/retry/qqq",
      "input-schema-invalid /steps/0/a~1b~0c",
      "input-schema-invalid /steps/0/qqq",
      "input-schema-invalid /steps/0/notify",
    ]);
  });

  it("may be called like what every object has, without harm", () => {
    const json = JSON.parse(
      '{"name":"a","objective":"x","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},' +
        '"steps":[{"id":"a","task":"t","__proto__":{"shell":"x"}}]}',
    ) as unknown;
    expect(found(parseGraph(json))).toEqual([
      "input-schema-invalid /__proto__",
      "input-schema-invalid /constructor",
      "input-schema-invalid /steps/0/__proto__",
    ]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

describe("the work of a step", () => {
  it.each([
    [{ command: [] }, "step-command-required /steps/0/command"],
    [{ command: [" ", "x"] }, "step-command-required /steps/0/command/0"],
    [{ command: "git log" }, "input-schema-invalid /steps/0/command"],
    [{ command: ["a", 5] }, "input-schema-invalid /steps/0/command/1"],
    [{ command: ["a", "b\0"] }, "input-schema-invalid /steps/0/command/1"],
    [
      { command: ["a", ...Array.from({ length: limits.commandArgumentsMax }, () => "b")] },
      "input-schema-invalid /steps/0/command",
    ],
    [{ command: ["a", "b".repeat(limits.commandArgumentCharsMax)] }, "input-schema-invalid /steps/0/command"],
    [{ shell: "\n" }, "step-shell-required /steps/0/shell"],
    [{ shell: "a\0" }, "input-schema-invalid /steps/0/shell"],
    [{ task: "" }, "step-task-required /steps/0/task"],
    [{ agent: { kind: "pi" } }, "step-task-required /steps/0/agent/task"],
    [{ agent: { kind: "pi", task: " " } }, "step-task-required /steps/0/agent/task"],
    [{ agent: { kind: "Pi!", task: "x" } }, "public-id-invalid /steps/0/agent/kind"],
    [{ agent: { kind: "pi", task: "x", tools: ["a", ""] } }, "input-schema-invalid /steps/0/agent/tools/1"],
    [{ agent: { kind: "pi", task: "x", system: "" } }, "input-schema-invalid /steps/0/agent/system"],
    [{ agent: ["pi"] }, "input-schema-invalid /steps/0/agent"],
    [{}, "step-work-required /steps/0"],
    [{ shell: "x", task: "y" }, "step-work-exclusive /steps/0"],
  ])("is refused when it is wrong: case %#", (work, expected) => {
    expect(found(parseGraph(graphOf({ id: "a", ...work })))).toEqual([expected]);
  });

  it("given to an agent in the wrong place is answered with the right one", () => {
    const { repair } = only(parseGraph(graphOf({ id: "a", agent: { kind: "pi", task: "x" }, task: "Do it." })));
    expect(repair).toContain("agent.task");
  });
});

describe("the other fields of a step", () => {
  it.each([
    [{ id: "A b" }, "public-id-invalid /steps/0/id"],
    [{ id: "" }, "public-id-invalid /steps/0/id"],
    [{ id: "a".repeat(64) }, "public-id-invalid /steps/0/id"],
    [{ id: 5 }, "input-schema-invalid /steps/0/id"],
    [{ needs: "b" }, "input-schema-invalid /steps/0/needs"],
    [{ needs: ["B"] }, "public-id-invalid /steps/0/needs/0"],
    [{ after: [5] }, "input-schema-invalid /steps/0/after/0"],
    [{ cwd: "" }, "input-schema-invalid /steps/0/cwd"],
    [{ cwd: "a\0b" }, "input-schema-invalid /steps/0/cwd"],
    [{ cwd: "a".repeat(limits.pathCharsMax + 1) }, "input-schema-invalid /steps/0/cwd"],
    [{ timeoutSeconds: 0 }, "input-schema-invalid /steps/0/timeoutSeconds"],
    [{ timeoutSeconds: limits.stepTimeoutSecondsMax + 1 }, "input-schema-invalid /steps/0/timeoutSeconds"],
    [{ timeoutSeconds: JSON.parse("1e999") as number }, "input-schema-invalid /steps/0/timeoutSeconds"],
    [{ timeoutSeconds: null }, "input-schema-invalid /steps/0/timeoutSeconds"],
    [{ retry: {} }, "input-schema-invalid /steps/0/retry/attempts"],
    [{ retry: [] }, "input-schema-invalid /steps/0/retry"],
    [{ retry: { attempts: 1.5 } }, "input-schema-invalid /steps/0/retry/attempts"],
    [{ retry: { attempts: limits.attemptsMax + 1 } }, "input-schema-invalid /steps/0/retry/attempts"],
    [{ retry: { attempts: 2, backoffSeconds: -1 } }, "input-schema-invalid /steps/0/retry/backoffSeconds"],
    [{ onInterrupted: "ignore" }, "input-schema-invalid /steps/0/onInterrupted"],
    [{ env: ["A"] }, "input-schema-invalid /steps/0/env"],
    [{ env: { "A-B": "1" } }, "input-schema-invalid /steps/0/env/A-B"],
    [{ env: { "": "1" } }, "input-schema-invalid /steps/0/env/"],
    [{ env: { RUNFOLD_STATUS: "1" } }, "input-schema-invalid /steps/0/env/RUNFOLD_STATUS"],
    [{ env: { A: 1 } }, "input-schema-invalid /steps/0/env/A"],
    [{ env: { A: "\0" } }, "input-schema-invalid /steps/0/env/A"],
    [{ env: JSON.parse('{"__proto__":"1"}') as object }, "input-schema-invalid /steps/0/env/__proto__"],
    [{ env: { constructor: "1" } }, "input-schema-invalid /steps/0/env/constructor"],
  ])("are refused when they are wrong: case %#", (fields, expected) => {
    expect(found(parseGraph(stepWith(fields)))).toEqual([expected]);
  });

  it("are answered with a repair about the variable, where it is a variable that is wrong", () => {
    const { message, repair } = only(parseGraph(stepWith({ env: { PORT: 8080 } })));
    expect(message).toBe('Step "a": "env.PORT" must be a text of at most 65536 characters, but it is 8080.');
    expect(repair).toContain('{ "PORT": "8080" }');
  });

  it("take the bounds themselves", () => {
    const env = Object.fromEntries(
      Array.from({ length: limits.environmentEntriesMax }, (_, index) => [`V${index}`, ""]),
    );
    const bounds = { retry: { attempts: limits.attemptsMax, backoffSeconds: limits.backoffSecondsMax }, env };
    expect(parseGraph(stepWith({ ...bounds, timeoutSeconds: limits.durationSecondsMin })).diagnostics).toEqual([]);
    expect(found(parseGraph(stepWith({ env: { ...env, ONE_MORE: "" } })))).toEqual([
      "input-schema-invalid /steps/0/env",
    ]);
  });
});

describe("text", () => {
  it.each([
    ["", "The text is empty."],
    ["\uFEFF \n", "The text is empty."],
    ['{"a":1,}', 'line 1, column 8: expected a field name in double quotes, but found "}"'],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: expected "," or "}"'],
    ["[1, 2", "line 1, column 6: expected"],
    ['{"a": "x\ny"}', "line 1, column 7: expected a value"],
    ["nul", "line 1, column 1: expected a value"],
    ['{"a":01}', "line 1, column 7"],
    ["{} x", "line 1, column 4: expected nothing more"],
    ["[".repeat(200_000), "line 1, column"],
    ['{"name":"a",\n"steps":[{"id":"a","\\u0069d":"b"}]}', 'line 2, column 20: the field "id" stands twice'],
  ])("that is not clear JSON is refused with its place: case %#", (text, expected) => {
    const finding = only(parseGraphText(text));
    expect(finding.code).toBe("graph-json-invalid");
    expect(finding.message).toContain(expected);
  });

  it("with a repeated field is answered with a pointer to it", () => {
    expect(only(parseGraphText('{"x":[0,{}, {"n":{"k":1,"k":2}}]}')).pointer).toBe("/x/2/n/k");
  });

  it("that holds colons, quotes and backslashes inside of texts is counted right", () => {
    const text = JSON.stringify(
      graphOf({ id: "a", shell: 'echo "a:b" \\: \\\\" ::' }, { id: "b", command: ["\\", '"', ":"] }),
    );
    expect(parseGraphText(text).diagnostics).toEqual([]);
  });

  it("may begin with a byte order mark", () => {
    expect(parseGraphText(`\uFEFF${JSON.stringify(graphOf({ id: "a", task: "t" }))}`).ok).toBe(true);
  });
});
