import { describe, expect, it } from "vitest";
import { fakeAttempt } from "../support/fake-attempt.ts";
import { commandExecutors, failed, succeeded } from "../support/command-fixture.ts";
import { eventually } from "../support/eventually.ts";
import { isRunning, showsProcesses } from "../support/processes.ts";

const executor = commandExecutors();
const long = 600_000;

describe("a command that is told to stop", () => {
  it("may end by itself in its grace, and what it wrote until then is kept", async () => {
    const attempt = fakeAttempt({
      shell: "trap 'echo flushed; exit 0' TERM; echo ready; while :; do sleep 0.05; done",
    });
    const ending = executor().execute(attempt);
    await attempt.textWith("stdout", "ready");
    attempt.stop.ask({ graceMs: long });
    const { failure, partial } = failed(await ending);
    expect(failure).toMatchObject({ kind: "aborted", exitCode: 0 });
    expect(partial?.value).toMatchObject({ stdout: "ready\nflushed", exitCode: 0 });
  });

  it("is ended by SIGTERM where it does not mind it, with its output kept", async () => {
    const attempt = fakeAttempt({ shell: "echo streamed; exec sleep 1000" });
    const ending = executor().execute(attempt);
    await attempt.textWith("stdout", "streamed");
    attempt.stop.ask({ graceMs: long, cause: "timedOut" });
    const { failure, partial } = failed(await ending);
    expect(failure).toMatchObject({ kind: "timedOut", signal: "SIGTERM" });
    expect(partial?.value).toMatchObject({ stdout: "streamed" });
  });

  it("is killed when its grace is over", async () => {
    const attempt = fakeAttempt({ shell: "trap '' TERM; echo ready; while :; do sleep 0.05; done" });
    const ending = executor().execute(attempt);
    await attempt.textWith("stdout", "ready");
    attempt.stop.ask({ graceMs: 20 });
    expect(failed(await ending).failure).toMatchObject({ kind: "aborted", signal: "SIGKILL" });
  });

  it("is killed at once where the request is by force", async () => {
    const attempt = fakeAttempt({ shell: "trap 'echo asked' TERM; echo ready; while :; do sleep 0.05; done" });
    const ending = executor().execute(attempt);
    await attempt.textWith("stdout", "ready");
    attempt.stop.ask({ graceMs: 0, force: true });
    const { failure, partial } = failed(await ending);
    expect(failure).toMatchObject({ kind: "aborted", signal: "SIGKILL" });
    expect(partial?.value).toMatchObject({ stdout: "ready" });
  });

  it("is killed when the request becomes more urgent during the grace", async () => {
    const attempt = fakeAttempt({ shell: "trap 'echo asked' TERM; echo ready; while :; do sleep 0.05; done" });
    const ending = executor().execute(attempt);
    await attempt.textWith("stdout", "ready");
    attempt.stop.ask({ graceMs: long });
    await attempt.textWith("stdout", "asked");
    attempt.stop.ask({ graceMs: 0, force: true });
    expect(failed(await ending).failure).toMatchObject({ kind: "aborted", signal: "SIGKILL" });
  });

  it("takes a grandchild with it that ignores SIGTERM, also when the leader ends first", async () => {
    // Without its environment nothing but its group tells where it comes from.
    const child = "env -i sh -c 'trap \"\" TERM; echo ready; exec sleep 1000'";
    const attempt = fakeAttempt({ shell: `${child} & echo child $!; exec sleep 1000` });
    const ending = executor().execute(attempt);
    await attempt.textWith("stdout", "child ");
    await attempt.textWith("stdout", "ready\n");
    const grandchild = Number(/child (\d+)/.exec(attempt.textOf("stdout"))?.[1]);
    attempt.stop.ask({ graceMs: 100 });
    expect(failed(await ending).failure).toMatchObject({ kind: "aborted", signal: "SIGTERM" });
    await eventually(async () => !(await isRunning(grandchild)), "the grandchild ends");
  });

  it.runIf(showsProcesses)("takes a process with it that has left its group and its session", async () => {
    const escape = "setsid sh -c 'trap \"\" TERM HUP; echo escaped $$; exec sleep 1000' &";
    const attempt = fakeAttempt({ shell: `${escape} exec sleep 1000` });
    const ending = executor().execute(attempt);
    await attempt.textWith("stdout", "escaped ");
    await attempt.textWith("stdout", "\n");
    const escaped = Number(/escaped (\d+)/.exec(attempt.textOf("stdout"))?.[1]);
    expect(await isRunning(escaped)).toBe(true);
    attempt.stop.ask({ graceMs: long });
    expect(failed(await ending).failure.kind).toBe("aborted");
    await eventually(async () => !(await isRunning(escaped)), "the escaped process ends");
  });

  it.runIf(showsProcesses)("takes what its commands left behind with it when the executor is closed", async () => {
    const closing = executor();
    const escape = "setsid sh -c 'trap \"\" TERM HUP; echo escaped $$; exec sleep 1000 >/dev/null 2>&1' &";
    const attempt = fakeAttempt({ shell: `${escape} sleep 0.2` });
    expect(succeeded(await closing.execute(attempt)).output.value).toMatchObject({ exitCode: 0 });
    const escaped = Number(/escaped (\d+)/.exec(attempt.textOf("stdout"))?.[1]);
    expect(await isRunning(escaped)).toBe(true);
    await closing.close?.();
    await eventually(async () => !(await isRunning(escaped)), "the escaped process ends");
  });

  it("is never started when the request came before", async () => {
    const attempt = fakeAttempt({ shell: "echo started" });
    attempt.stop.ask({ cause: "expired" });
    const { failure } = failed(await executor().execute(attempt));
    expect(failure.kind).toBe("aborted");
    expect(attempt.textOf("stdout")).toBe("");
  });

  it("has succeeded all the same when it had ended before", async () => {
    const attempt = fakeAttempt({ shell: "sleep 1000 & echo $!" });
    const ending = executor().execute(attempt);
    await attempt.textWith("stdout", "\n");
    const leader = await leaderOf(Number(attempt.textOf("stdout")));
    await eventually(async () => !(await isRunning(leader)), "the leader ends");
    // One more turn of the event loop brings the word of it.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    attempt.stop.ask({ force: true, graceMs: 0 });
    expect(succeeded(await ending).output.value).toMatchObject({ exitCode: 0 });
  });

  it("ends when its executor is closed, which then takes no more", async () => {
    const closing = executor();
    const attempts = Array.from({ length: 5 }, () => fakeAttempt({ shell: "trap '' TERM; echo $$; sleep 1000; :" }));
    const endings = attempts.map((attempt) => closing.execute(attempt));
    await Promise.all(attempts.map((attempt) => attempt.textWith("stdout", "\n")));
    await closing.close?.();
    for (const ending of endings) expect(failed(await ending).failure.kind).toBe("aborted");
    for (const attempt of attempts) expect(await isRunning(Number(attempt.textOf("stdout")))).toBe(false);
    await expect(closing.execute(fakeAttempt({ shell: ":" }))).rejects.toThrow("closed");
  });
});

/** The leader of a process's group. */
async function leaderOf(pid: number): Promise<number> {
  const { execFileSync } = await import("node:child_process");
  return Number(execFileSync("ps", ["-o", "pgid=", "-p", String(pid)], { encoding: "utf8" }));
}
