/**
 * Runs commands and waits to be killed. A process of its own for `test/fault/command-guardian.test.ts`, which gives it the
 * commands as JSON and reads from stdout what they write. With `with-input` there is a step before them, whose output they get as a file.
 * A command that writes `exit` ends this process at once, as a program does that closes nothing.
 */
import { systemClock } from "../../src/adapters/clocks/system-clock.ts";
import { commandExecutor } from "../../src/adapters/executors/command/command-executor.ts";
import type { Upstream } from "../../src/ports/executor.ts";
import { fakeAttempt } from "./fake-attempt.ts";

const executor = commandExecutor({ clock: systemClock() });
const commands: string[] = JSON.parse(process.argv[2] ?? "[]");
const upstream: Upstream[] =
  process.argv[3] === "with-input" ? [{ step: "before", status: "succeeded", output: { value: "text" } }] : [];
await Promise.all(
  commands.map(async (shell) => {
    const text = (_stream: string, piece: string): void => {
      process.stdout.write(piece);
      if (/^exit$/m.test(piece)) process.exit(0);
    };
    const attempt = fakeAttempt({ shell }, { text, upstream });
    await executor.execute(attempt);
  }),
);
