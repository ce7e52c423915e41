import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { commandLine } from "../support/built-command.ts";
import { workplaces } from "./cli-process.ts";

const workplace = workplaces();
const escape = "\u001b";
const hasScript = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

/** A shell line in a terminal of a known size, which `script` (util-linux) makes. */
function inTerminal(args: readonly string[], columns: number, rows: number): readonly string[] {
  const line = [...commandLine, ...args].map((word) => `'${word}'`).join(" ");
  return ["script", "-qec", `stty cols ${columns} rows ${rows}; exec ${line}`, "/dev/null"];
}

describe.runIf(hasScript)("a run on a terminal", () => {
  it("is drawn in place as a tree, and leaves the cursor as it was", async () => {
    const place = workplace();
    const graph = place.graph("drawn", [
      { id: "one", shell: "echo hello" },
      { id: "two", shell: "exit 1", needs: ["one"] },
    ]);
    const instead = inTerminal(["run", graph, "--id", "r1"], 60, 12);
    const { code, stdout } = await place.run([], { instead, env: { TERM: "xterm", SHELL: "/bin/sh" } });
    expect(code).toBe(1);
    expect(stdout).toContain("\u001b[?25l");
    expect(stdout.lastIndexOf("\u001b[?25h")).toBeGreaterThan(stdout.lastIndexOf("\u001b[?25l"));
    expect(stdout).toMatch(new RegExp(`${escape}\\[\\d+A\\r${escape}\\[J`));
    expect(stdout).toMatch(/└─ .*✖.* two/);
    expect(stdout).toContain("Run r1 ended:");
  });

  it("is written line by line where the terminal cannot redraw", async () => {
    const place = workplace();
    const graph = place.graph("plain", [{ id: "one", shell: "echo hello" }]);
    const instead = inTerminal(["run", graph], 60, 12);
    const { code, stdout } = await place.run([], { instead, env: { TERM: "dumb", SHELL: "/bin/sh" } });
    expect(code).toBe(0);
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toContain("one  hello");
  });

  it("has no colours where NO_COLOR is set, and is drawn all the same", async () => {
    const place = workplace();
    const graph = place.graph("grey", [{ id: "one", shell: "echo hello" }]);
    const instead = inTerminal(["run", graph], 60, 12);
    const env = { TERM: "xterm", SHELL: "/bin/sh", NO_COLOR: "1" };
    const { stdout } = await place.run([], { instead, env });
    expect(stdout).toContain("\u001b[?25l");
    expect(stdout).not.toMatch(new RegExp(`${escape}\\[\\d+m`));
  });
});
