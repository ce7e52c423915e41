/**
 * Runs commands and waits to be killed. A process of its own for `test/fault/command-guardian.test.ts`, which gives it the
 * commands as JSON and reads from stdout what they write.
 */
import { systemClock } from "../../src/adapters/clocks/system-clock.ts";
import { commandExecutor } from "../../src/adapters/executors/command/command-executor.ts";
import { fakeAttempt } from "./fake-attempt.ts";

const executor = commandExecutor({ clock: systemClock() });
const commands: string[] = JSON.parse(process.argv[2] ?? "[]");
await Promise.all(
  commands.map(async (shell) => {
    const attempt = fakeAttempt({ shell }, { text: (_stream, text) => void process.stdout.write(text) });
    await executor.execute(attempt);
  }),
);
