import { chmod, mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inspectPlace } from "../../src/adapters/executors/processes/working-directory.ts";
import type { Place } from "../../src/domain/events.ts";
import { fakeAttempt } from "../support/fake-attempt.ts";
import { commandExecutors, failed, succeeded } from "../support/command-fixture.ts";

const executor = commandExecutors();
let root = "";
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "runfold-test-")));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe("a command that cannot be started", () => {
  it("names the program that was not found and the PATH that was searched", async () => {
    const attempt = fakeAttempt({ command: ["no-such-program"], env: { PATH: "/nowhere:/bin" } });
    const { failure, partial } = failed(await executor().execute(attempt));
    expect(failure).toEqual({
      kind: "launch",
      final: true,
      message: "The program no-such-program was not found; PATH searched: /nowhere:/bin",
    });
    expect(partial).toBeUndefined();
  });

  it("says so when the program is not executable, or is a directory", async () => {
    await writeFile(join(root, "data"), "");
    const notExecutable = failed(await executor().execute(fakeAttempt({ command: ["./data"] }, { root })));
    expect(notExecutable.failure.message).toBe(`The program ./data is not executable, in ${root}.`);
    const directory = failed(await executor().execute(fakeAttempt({ command: ["/"] }, { root })));
    expect(directory.failure).toMatchObject({ kind: "launch", final: true });
  });

  it("says so when the script names an interpreter that is not there", async () => {
    const script = join(root, "script");
    await writeFile(script, "#!/no/such/interpreter\n");
    await chmod(script, 0o755);
    const { failure } = failed(await executor().execute(fakeAttempt({ command: [script] })));
    expect(failure).toMatchObject({ kind: "launch", final: true });
    expect(failure.message).toContain(`The program ${script} could not be executed: `);
    expect(failure.message).not.toContain("runfold-gate");
  });

  it("finds a program relative to its working directory, and passes every argument as it is", async () => {
    const script = join(root, "-odd name");
    await writeFile(script, '#!/bin/sh\nprintf "[%s]" "$@"\n');
    await chmod(script, 0o755);
    const attempt = fakeAttempt({ command: ["./-odd name", "-c", "", "a b", "$(x)", "'\"", "é\n"] }, { root });
    const { value } = succeeded(await executor().execute(attempt)).output;
    expect(value).toMatchObject({ stdout: "[-c][][a b][$(x)]['\"][é\n]" });
  });

  it("says so when its arguments are too large for the system", async () => {
    const attempt = fakeAttempt({ command: ["echo", "x".repeat(3_000_000)] });
    const { failure } = failed(await executor().execute(attempt));
    expect(failure).toMatchObject({ kind: "launch" });
    expect(failure.message).toContain("too large");
  });

  it("says so when an argument or a variable contains NUL", async () => {
    const argument = failed(await executor().execute(fakeAttempt({ command: ["echo", "a\0b"] })));
    expect(argument.failure.kind).toBe("launch");
    const variable = failed(await executor().execute(fakeAttempt({ command: ["echo"], env: { A: "a\0b" } })));
    expect(variable.failure.kind).toBe("launch");
  });

  it("says so when its root is gone", async () => {
    await rm(root, { recursive: true });
    const { failure } = failed(await executor().execute(fakeAttempt({ command: ["echo"] }, { root })));
    expect(failure).toMatchObject({ kind: "launch" });
    expect(failure.message).toContain("does not exist");
  });
});

async function placeOf(cwd: string): Promise<Place> {
  const place = await inspectPlace(root, cwd);
  if ("code" in place) throw new Error(place.message);
  return place;
}

describe("a command with a working directory", () => {
  it("runs in it", async () => {
    await mkdir(join(root, "a", "b"), { recursive: true });
    const attempt = fakeAttempt({ command: ["pwd"], cwd: "a/b" }, { root, place: await placeOf("a/b") });
    expect(succeeded(await executor().execute(attempt)).output.value).toMatchObject({ stdout: join(root, "a", "b") });
  });

  it.each(["removed", "replaced", "a symlink", "a file"])("is not started when that is %s since", async (change) => {
    const path = join(root, "work");
    await mkdir(path);
    const place = await placeOf("work");
    await rename(path, join(root, "elsewhere"));
    if (change === "replaced") await mkdir(path);
    if (change === "a symlink") await symlink(join(root, "elsewhere"), path);
    if (change === "a file") await writeFile(path, "");
    const attempt = fakeAttempt({ shell: "echo ran", cwd: "work" }, { root, place });
    const { failure } = failed(await executor().execute(attempt));
    expect(failure).toMatchObject({ kind: "launch", final: true });
    expect(failure.message).toMatch(/^The working directory changed before launch/);
    expect(attempt.textOf("stdout")).toBe("");
  });
});
