import { describe, expect, it } from "vitest";
import type { AttemptResult } from "../../src/ports/executor.ts";
import { fakeAttempt } from "../support/fake-attempt.ts";
import { commandExecutors, failed, stdoutOf, succeeded } from "../support/command-fixture.ts";
import { eventually } from "../support/eventually.ts";
import { isRunning, showsProcesses } from "../support/processes.ts";

const executor = commandExecutors();

describe("a command that ends by itself", () => {
  it("gives its stdout and stderr without their last line breaks, and its exit code", async () => {
    const attempt = fakeAttempt({ command: ["printf", "%s\\n", "one", "two  three", "$HOME *"] });
    const result = succeeded(await executor().execute(attempt));
    expect(result.output).toEqual({ value: { stdout: "one\ntwo  three\n$HOME *", stderr: "", exitCode: 0 } });
    expect(attempt.textOf("stdout")).toBe("one\ntwo  three\n$HOME *\n");
    expect(attempt.diagnostics).toEqual([]);
  });

  it("runs a shell text in a shell", async () => {
    const attempt = fakeAttempt({ shell: "echo to stderr >&2; printf '%s' \"$(echo a | tr a b)\"" });
    const result = succeeded(await executor().execute(attempt));
    expect(result.output.value).toEqual({ stdout: "b", stderr: "to stderr", exitCode: 0 });
  });

  it("has an empty stdin and no descriptor that is not its own", async () => {
    const inherited = "ls /proc/self/fd 2>/dev/null || ls /dev/fd";
    const attempt = fakeAttempt({
      shell: `read -r line; echo "read: $?"; test -e /dev/fd/3 && echo open; ${inherited} | wc -l`,
    });
    const { value } = succeeded(await executor().execute(attempt)).output;
    expect(value).toMatchObject({ exitCode: 0 });
    expect(JSON.stringify(value)).toContain("read: 1");
    expect(JSON.stringify(value)).not.toContain("open");
  });

  it("fails with its exit code and the end of its stderr, and keeps its output", async () => {
    const attempt = fakeAttempt({ shell: "echo partly; seq 1 2000 >&2; exit 7" });
    const { failure, partial } = failed(await executor().execute(attempt));
    expect(failure).toMatchObject({ kind: "exit", exitCode: 7 });
    expect(failure.message).toMatch(/^The shell command exited with code 7\n\d+\n/);
    expect(failure.message.endsWith("\n2000")).toBe(true);
    expect(failure.message.length).toBeLessThanOrEqual(2_000);
    expect(partial?.value).toMatchObject({ stdout: "partly", exitCode: 7 });
  });

  it("is named in the message as the step names it", async () => {
    const { failure } = failed(await executor().execute(fakeAttempt({ command: ["false"] })));
    expect(failure.message).toBe("false exited with code 1");
  });

  it("fails with the signal that ended it", async () => {
    const { failure, partial } = failed(await executor().execute(fakeAttempt({ shell: "echo x; kill -SEGV $$" })));
    expect(failure).toMatchObject({ kind: "signal", signal: "SIGSEGV" });
    expect(failure).not.toHaveProperty("final");
    expect(partial?.value).toMatchObject({ stdout: "x", exitCode: 139 });
  });

  it("may exit with the codes by which shells say that they found nothing", async () => {
    for (const code of [126, 127]) {
      const { failure } = failed(await executor().execute(fakeAttempt({ shell: `echo no >&2; exit ${code}` })));
      expect(failure).toEqual({
        kind: "exit",
        exitCode: code,
        message: `The shell command exited with code ${code}\nno`,
      });
    }
  });

  it("takes the children with it that hold its output open", async () => {
    const attempt = fakeAttempt({ shell: "sleep 1000 & echo $!; sleep 1000 & echo $!" });
    const pids = pidsIn(await executor().execute(attempt));
    expect(pids).toHaveLength(2);
    for (const pid of pids) await eventually(async () => !(await isRunning(pid)), `process ${pid} ends`);
    expect(attempt.diagnostics.map(({ code }) => code)).toEqual(["command-left-processes"]);
  });

  it("takes the children with it that ignore SIGTERM and have closed its output", async () => {
    const attempt = fakeAttempt({ shell: "(trap '' TERM; exec sleep 1000) >/dev/null 2>&1 & echo $!" });
    const [pid] = pidsIn(await executor().execute(attempt));
    await eventually(async () => !(await isRunning(pid!)), "the child ends");
    expect(attempt.diagnostics.map(({ code }) => code)).toEqual(["command-left-processes"]);
  });

  it("leaves children in peace that end in time", async () => {
    const attempt = fakeAttempt({ shell: "(while kill -0 $$ 2>/dev/null; do :; done; echo late) & echo early" });
    const { value } = succeeded(await executor().execute(attempt)).output;
    expect(value).toMatchObject({ stdout: "early\nlate" });
    expect(attempt.diagnostics).toEqual([]);
  });

  it.runIf(showsProcesses)("does not wait for a process that left its group with its output open", async () => {
    const attempt = fakeAttempt({ shell: "setsid sleep 1000 & echo $!" });
    const [escaped] = pidsIn(await executor().execute(attempt));
    expect(attempt.diagnostics.map(({ message }) => message)).toEqual([
      expect.stringContaining("holds its output open"),
    ]);
    expect(await isRunning(escaped!)).toBe(true);
    process.kill(escaped!, "SIGKILL");
  });
});

function pidsIn(result: AttemptResult): number[] {
  return stdoutOf(result).split("\n").map(Number);
}
