import { describe, expect, it } from "vitest";
import { asksForJson, readCommandLine } from "../../../src/cli/command-line.ts";
import { commandWords } from "../../../src/cli/command-words.ts";
import { helpText } from "../../../src/cli/commands/help.ts";
import { CommandError } from "../../../src/cli/errors.ts";

function refusal(...line: string[]): string {
  try {
    readCommandLine(line);
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === 2) return error.message;
    throw error;
  }
  throw new Error(`It was accepted: ${line.join(" ")}`);
}

describe("a command line", () => {
  it("is read with its options anywhere behind the command", () => {
    const line = readCommandLine(["result", "--json", "run-1", "--db=x.db", "step-1"]);
    expect(line).toEqual({
      asks: "command",
      command: "result",
      positionals: ["run-1", "step-1"],
      options: new Map<string, string | true>([
        ["json", true],
        ["db", "x.db"],
      ]),
    });
  });

  it("takes - for standard input, and what follows -- as it is", () => {
    expect(readCommandLine(["run", "-"])).toMatchObject({ positionals: ["-"] });
    expect(readCommandLine(["run", "--", "--odd.json"])).toMatchObject({ positionals: ["--odd.json"] });
  });

  it("asks for help or for the version instead of a command", () => {
    expect(readCommandLine([])).toEqual({ asks: "help", command: undefined });
    expect(readCommandLine(["-h"])).toEqual({ asks: "help", command: undefined });
    expect(readCommandLine(["help", "run"])).toEqual({ asks: "help", command: "run" });
    // Nobody who asks for help is told that an argument is missing.
    expect(readCommandLine(["run", "-h"])).toEqual({ asks: "help", command: "run" });
    expect(readCommandLine(["--version"])).toEqual({ asks: "version" });
  });

  it("is refused with the nearest command or option", () => {
    expect(refusal("evnts")).toContain("Did you mean events?");
    expect(refusal("toString")).toContain("There is no command");
    expect(refusal("events", "r", "--folow")).toContain("Did you mean --follow?");
    expect(refusal("events", "r", "-f")).toContain('no option "-f"');
    expect(refusal("events", "r", "--constructor")).toContain("no option");
    expect(refusal("--json", "runs")).toContain("The command comes first");
  });

  it("is refused where something is missing or too much", () => {
    expect(refusal("result", "run-1")).toContain("result needs STEP. Write runfold result RUN STEP");
    expect(refusal("runs", "extra")).toContain('runs does not take "extra"');
    expect(refusal("runs", "--db")).toContain("--db needs a value. Write --db=FILE");
    expect(refusal("cancel", "r", "--reason", "--force")).toContain("--reason needs a value");
    expect(refusal("runs", "--json=yes")).toContain("--json takes no value");
  });

  it("may give a value that looks like an option, where it says so", () => {
    expect(readCommandLine(["cancel", "r", "--reason=--force"])).toMatchObject({
      options: new Map([["reason", "--force"]]),
    });
  });

  it("asks for errors as JSON also where it cannot be read", () => {
    expect(asksForJson(["statsu", "--json"])).toBe(true);
    expect(asksForJson(["run", "--", "--json"])).toBe(false);
  });
});

describe("help", () => {
  it("names every command, and each command its options with examples", () => {
    const overview = helpText(undefined);
    for (const [command, { options, examples }] of Object.entries(commandWords)) {
      expect(overview).toContain(`  ${command} `);
      const own = helpText(command);
      for (const name of [...Object.keys(options), "db", "json", "no-color"]) expect(own).toContain(`--${name}`);
      for (const example of examples) expect(own).toContain(`  ${example}\n`);
    }
  });

  it("has examples that can be read as they stand", () => {
    for (const { examples } of Object.values(commandWords)) {
      for (const example of examples) {
        const words = [...example.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
        expect(() => readCommandLine(words.slice(1)), example).not.toThrow();
      }
    }
  });
});
