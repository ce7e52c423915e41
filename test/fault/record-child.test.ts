import { describe, expect, it } from "vitest";
import { limits } from "runfold";
import { eventually } from "../support/eventually.ts";
import { showsProcesses } from "../support/processes.ts";
import { recordChildren } from "../support/record-children.ts";
import { turns } from "../unit/actors/world.ts";

const start = recordChildren();
const shell = (script: string): string[] => ["/bin/sh", "-c", script];
/** A program in JavaScript. */
const node = (script: string): string[] => [process.execPath, "-e", script];

if (!showsProcesses) console.info("skipped: this system does not show the environments of processes");

describe("a child that is spoken to in records", () => {
  it("gets its stdin untouched, from the first byte on, and says what it likes", async () => {
    const { child, records, listen, written } = await start(["/bin/cat"]);
    listen();
    const sent = [{ text: "é\u2028\n😀" }, { go: "read -r" }, { long: "x".repeat(200_000) }];
    for (const record of sent) expect(await child.send(record)).toBe(true);
    await written(3);
    expect(records).toEqual(sent);
    child.endInput();
    expect(await child.closed).toEqual({ type: "ended" });
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(child.exit).toEqual({ code: 0, signal: null });
    expect(await child.send({ late: true })).toBe(false);
  });

  it.runIf(showsProcesses)("has no descriptor of what it waited for", async () => {
    const { child, records, listen } = await start(
      shell('[ -e "/proc/$$/fd/2" ]; two=$?; [ -e "/proc/$$/fd/3" ]; echo "{\\"two\\":$two,\\"three\\":$?}"'),
    );
    listen();
    await child.closed;
    expect(records).toEqual([{ two: 0, three: 1 }]);
  });

  it("is heard from the beginning, however late someone listens", async () => {
    const { child, records, listen } = await start(shell("echo '{\"n\":1}'; echo '{\"n\":2}'; printf '{\"n\":3}'"));
    expect(await child.closed).toEqual({ type: "ended" });
    listen();
    expect(records).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it("may not say without end what nobody listens to", async () => {
    const { child } = await start(shell(`exec yes '{"n":"${"x".repeat(2_000)}"}'`));
    expect(await child.closed).toMatchObject({ code: "rpc-jsonl", message: expect.stringContaining("before anyone") });
  });

  it("that reads nothing is sent no more than it may leave unread, which is told of once", async () => {
    const { child, attempt } = await start(["/bin/sleep", "1000"]);
    const record = { text: "x".repeat(1024 * 1024) };
    const sends = Array.from({ length: 40 }, () => child.send(record));
    expect(await Promise.all(sends.slice(-20))).toEqual(Array.from({ length: 20 }, () => false));
    expect(attempt.diagnostics.map(({ code }) => code)).toEqual(["agent-stdin-unread"]);
  });

  it("is heard no further once it has said too much that is no record, and does not have to wait for a reader", async () => {
    const { child, records, listen, attempt } = await start(
      shell("yes oops | head -c 1000000; echo '{\"n\":1}'; exit 3"),
    );
    listen();
    expect(await child.closed).toMatchObject({ type: "broken", code: "rpc-jsonl" });
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(records).toEqual([]);
    expect(attempt.diagnostics.map(({ code }) => code)).toEqual(["agent-stray-lines"]);
  });

  it("is heard no further once its listener fails", async () => {
    const { child } = await start(shell("echo '{\"n\":1}'; exec cat"));
    child.onRecord(() => {
      throw new Error("no idea");
    });
    expect(await child.closed).toMatchObject({ code: "rpc-jsonl", message: expect.stringContaining("no idea") });
  });

  it("keeps the newest of its stderr, with characters that came in two pieces", async () => {
    const script = `for (let n = 0; n < 6000; n++) fs.writeSync(2, n + "\\n");
      fs.writeSync(2, Buffer.from([0xf0, 0x9f])); console.log("{}");
      process.stdin.once("data", () => { fs.writeSync(2, Buffer.from([0x98, 0x80])); process.exit(); })`;
    const { child, listen, written } = await start(node(script));
    listen();
    await written(1);
    await eventually(() => child.stderrTail.endsWith("5999\n"), "its stderr is read");
    await child.send({});
    await child.drained;
    expect(child.stderrTail.endsWith("5998\n5999\n😀")).toBe(true);
    expect(child.stderrTail.length).toBeGreaterThan(limits.outputTailCharsMax - 10);
    expect(child.stderrTail.length).toBeLessThanOrEqual(limits.outputTailCharsMax);
  });
});

describe("a record that is sent", () => {
  /** More than a pipe takes. */
  const large = { text: "x".repeat(4_000_000) };

  it("counts as sent once it is in the pipe, for which the child must read", async () => {
    const wait = "trap 'go=1' USR1; echo '{\"n\":1}'; while [ -z \"$go\" ]; do sleep 0.02; done";
    const { child, listen, written } = await start(shell(`${wait}; exec cat >/dev/null`));
    listen();
    await written(1);
    let isSent: boolean | undefined;
    const sending = child.send(large).then((wasSent) => (isSent = wasSent));
    await turns(100);
    expect(isSent).toBeUndefined();
    process.kill(child.pid, "SIGUSR1");
    expect(await sending).toBe(true);
  });

  it("counts as not sent when the child ends before it reads it", async () => {
    const { child } = await start(shell("exec sleep 1000"));
    const sending = [child.send(large), child.send({ n: 2 })];
    process.kill(child.pid, "SIGKILL");
    expect(await Promise.all(sending)).toEqual([false, false]);
    expect(await child.send({ n: 3 })).toBe(false);
  });

  it("counts as not sent when the child ends and something else holds its stdin", async () => {
    const { child, listen, written } = await start(
      shell("exec 5<&0; setsid sleep 1000 <&5 >/dev/null 2>&1 & echo '{\"n\":1}'; exec sleep 1000"),
    );
    listen();
    await written(1);
    const sending = child.send(large);
    process.kill(child.pid, "SIGKILL");
    expect(await sending).toBe(false);
  });

  it("counts as not sent when the child has closed its stdin", async () => {
    const { child, listen, written } = await start(shell("exec 0<&-; echo '{\"n\":1}'; exec sleep 1000"));
    listen();
    await written(1);
    expect([await child.send(large), await child.send({ n: 2 })]).toEqual([false, false]);
    expect(child.exit).toBeUndefined();
  });

  it("counts as not sent when it is no JSON", async () => {
    const { child } = await start(["/bin/cat"]);
    const ring: { self?: object } = {};
    ring.self = ring;
    expect([await child.send(ring), await child.send({ n: 1n }), await child.send({ n: 1 })]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe("the end of a child", () => {
  it("is its own, though something that it left behind holds its output open", async () => {
    const { child, records, listen } = await start(
      shell("setsid sleep 1000 & echo '{\"n\":1}'; printf '{\"n\":2}'; exit 7"),
    );
    listen();
    expect(await child.exited).toEqual({ code: 7, signal: null });
    expect(await child.closed).toEqual({ type: "ended" });
    expect(records).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("leaves a moment for what its children still write", async () => {
    const { child, records, listen } = await start(
      shell("(sleep 0.1; echo '{\"n\":2}'; echo late >&2) & echo '{\"n\":1}'; exit 7"),
    );
    listen();
    await child.drained;
    expect([records, child.stderrTail]).toEqual([[{ n: 1 }, { n: 2 }], "late\n"]);
  });

  it("takes all listeners along, and errors that come later hurt nobody", async () => {
    const { child, listen } = await start(shell("exec cat"));
    const { stdin, stdout, stderr } = child.process;
    listen();
    await child.send({ n: 1 });
    child.endInput();
    await child.drained;
    child.detach();
    await eventually(() => stdin!.closed && stdout.closed && stderr.closed, "its streams are closed");
    for (const stream of [stdin!, stdout, stderr]) {
      for (const event of ["data", "drain", "readable", "finish"]) expect(stream.listenerCount(event)).toBe(0);
      // One that does nothing, so that an error is not fatal.
      expect(stream.listenerCount("error")).toBeGreaterThan(0);
      stream.emit("error", new Error("late"));
      stream.emit("error", new Error("later"));
    }
    expect(await child.closed).toEqual({ type: "ended" });
  });

  it("is told of when its stdout cannot be read", async () => {
    const { child } = await start(shell("exec cat"));
    child.process.stdout.destroy(new Error("EIO"));
    expect(await child.closed).toMatchObject({
      type: "broken",
      code: "stdout-error",
      message: expect.stringContaining("EIO"),
    });
  });
});
