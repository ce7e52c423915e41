import { chmod, mkdir, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AgentProfile } from "../../../../src/adapters/executors/agents/agent-program.ts";
import { LaunchDenied } from "../../../../src/adapters/executors/agents/agent-program.ts";
import { piArguments } from "../../../../src/adapters/executors/pi/pi-arguments.ts";
import { findLauncher } from "../../../../src/adapters/executors/pi/pi-launcher.ts";
import type { PiOptions } from "../../../../src/adapters/executors/pi/pi-program.ts";
import { piProgram } from "../../../../src/adapters/executors/pi/pi-program.ts";
import { versionOf } from "../../../../src/adapters/executors/pi/pi-version.ts";
import { limits } from "../../../../src/domain/limits.ts";
import { piOrder } from "../../../support/pi-order.ts";

let base: string;

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), "runfold-test-")));
});

afterEach(async () => {
  await rm(base, { recursive: true, force: true });
});

async function file(path: string, content = "", mode = 0o644): Promise<string> {
  const whole = join(base, path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, content);
  await chmod(whole, mode);
  return whole;
}

const program = (path: string): Promise<string> => file(path, "#!/bin/sh\n", 0o755);

async function directory(path: string): Promise<string> {
  await mkdir(join(base, path), { recursive: true });
  return join(base, path);
}

/** Looks for pi in directories below the base, for a step of `home/project`. */
async function look(
  path: readonly string[],
  parts: { root?: string; place?: string; home?: string } = {},
): Promise<string> {
  const place = join(base, parts.place ?? "home/project");
  await mkdir(place, { recursive: true });
  const [found] = await findLauncher(undefined, {
    root: join(base, parts.root ?? "home/project"),
    places: [place],
    path: path.map((entry) => (entry.startsWith("./") || entry === "" ? entry : join(base, entry))).join(":"),
    home: join(base, parts.home ?? "home"),
  });
  return found!.slice(base.length + 1);
}

describe("the pi that is started", () => {
  it("is the first in PATH that can be run, in absolute directories alone", async () => {
    await program("opt/bin/pi");
    await file("data/bin/pi");
    await directory("odd/bin/pi");
    expect(await look(["", "./opt/bin", "missing", "data/bin", "odd/bin", "opt/bin"])).toBe("opt/bin/pi");
  });

  it("is never one of the workspace: not by its name, and not through a link", async () => {
    await program("home/project/node_modules/.bin/pi");
    await program("opt/bin/pi");
    await directory("links/bin");
    await symlink(join(base, "home/project/node_modules/.bin/pi"), join(base, "links/bin/pi"));
    expect(await look(["home/project/node_modules/.bin", "links/bin", "opt/bin"])).toBe("opt/bin/pi");
  });

  it("is never one of the repository around the step's directory, also where its marker leads nowhere", async () => {
    for (const marker of [".git", ".pi", ".runfold"]) {
      await directory("home/repository/packages/one");
      await symlink("/nowhere", join(base, "home/repository", marker));
      await program("home/repository/tools/pi");
      const found = look(["home/repository/tools"], { place: "home/repository/packages/one" });
      await expect(found).rejects.toThrow(`inside the workspace ${join(base, "home/repository")}`);
      await rm(join(base, "home/repository"), { recursive: true });
    }
  });

  it("is never one of the directory that the step's own directory really is", async () => {
    await directory("real/repository/.git");
    await directory("real/repository/work");
    await directory("home/project");
    await symlink(join(base, "real/repository/work"), join(base, "home/linked"));
    await program("real/repository/tools/pi");
    await expect(look(["real/repository/tools"], { place: "home/linked" })).rejects.toThrow("inside the workspace");
  });

  it("may be anywhere below a home directory with a stray marker, or one above it", async () => {
    await directory("home/.git");
    await directory(".pi");
    await program("home/.local/bin/pi");
    expect(await look(["home/.local/bin"])).toBe("home/.local/bin/pi");
    expect(await look(["home/.local/bin"], { place: "home/project/deep/down" })).toBe("home/.local/bin/pi");
    expect(await look(["home/.local/bin"], { root: "home", place: "home" })).toBe("home/.local/bin/pi");
  });

  it("is never one of the step's own directory, where only the home around it has a marker", async () => {
    await directory("home/.git");
    await program("home/elsewhere/bin/pi");
    await expect(look(["home/elsewhere/bin"], { place: "home/elsewhere" })).rejects.toThrow("inside the workspace");
  });

  it("is denied with what was looked at, and what to do", async () => {
    await program("home/project/bin/pi");
    const denied = await look(["home/project/bin", "missing"]).catch((error: unknown) => error);
    expect(denied).toBeInstanceOf(LaunchDenied);
    const { message } = denied as Error;
    expect(message).toContain(
      `${join(base, "home/project/bin/pi")} (inside the workspace ${join(base, "home/project")})`,
    );
    expect(message).toContain(`${join(base, "missing/pi")} (not there)`);
    expect(message).toContain("launcher: { command:");
    await expect(look(Array.from({ length: 20 }, (_, index) => `missing-${index}`))).rejects.toThrow("and 8 more");
  });

  it("is the one that the host names, wherever it is, as long as it can be run", async () => {
    const search = { root: base, places: [base], path: "", home: "/home/nobody" };
    const inside = await program("pi");
    expect(await findLauncher({ command: [inside, "x"] }, search)).toEqual([inside, "x"]);
    for (const command of [[], ["pi"], [join(base, "missing")], [await file("data")]]) {
      await expect(findLauncher({ command }, search)).rejects.toBeInstanceOf(LaunchDenied);
    }
  });
});

describe("the version of pi", () => {
  it("is read from the package of the program, through links and behind a runtime", async () => {
    const script = await program("lib/pi-coding-agent/dist/bundle/cli.js");
    await file("lib/pi-coding-agent/package.json", '{"name":"@earendil-works/pi-coding-agent","version":"1.5.2"}');
    await directory("bin");
    await symlink(script, join(base, "bin/pi"));
    expect(await versionOf([join(base, "bin/pi")])).toEqual([1, 5, 2]);
    expect(await versionOf([process.execPath, script, "--flag"])).toEqual([1, 5, 2]);
  });

  it("is unknown where the program belongs to no such package", async () => {
    const script = await program("lib/other/cli.js");
    await file("lib/other/package.json", '{"name":"other","version":"9.0.0"}');
    await file("lib/package.json", "{ broken");
    expect(await versionOf([script])).toBeUndefined();
    expect(await versionOf([join(base, "missing")])).toBeUndefined();
  });
});

const profile: AgentProfile = {
  ref: "inline:step",
  system: "",
  tools: ["read", "grep", "find", "ls"],
  extensionTools: [],
  skills: [],
  model: undefined,
  thinking: undefined,
  mutationScope: undefined,
};

const argumentsOf = (changes: Partial<AgentProfile> = {}, version?: readonly [number, number, number]) =>
  piArguments({
    profile: { ...profile, ...changes },
    systemPromptFile: "/scratch/prompt.md",
    extensions: ["/ext/provider.js"],
    model: "fake/fake-1",
    thinking: "high",
    version,
  });

const after = (args: readonly string[], flag: string): string[] =>
  args.flatMap((argument, index) => (argument === flag ? [args[index + 1] ?? ""] : []));

describe("the arguments of pi", () => {
  it("name everything, and let pi find nothing by itself", () => {
    const flags = [
      "--mode rpc --no-session --offline --no-extensions --extension /ext/provider.js",
      "--no-context-files --no-skills --no-prompt-templates --no-themes",
      "--system-prompt EMPTY --append-system-prompt /scratch/prompt.md",
      "--model fake/fake-1 --thinking high --tools read,grep,find,ls",
    ];
    const words = flags.join(" ").split(" ");
    expect(argumentsOf()).toEqual(words.map((word) => (word === "EMPTY" ? "" : word)));
  });

  it("hold each extension and each skill once, and built-in tools before those of extensions", () => {
    const args = argumentsOf({
      tools: ["read", "grep", "find", "ls", "bash"],
      extensionTools: [
        { name: "search", realPath: "/ext/web" },
        { name: "fetch", realPath: "/ext/web" },
        { name: "login", realPath: "/ext/provider.js" },
      ],
      skills: [
        { name: "one", realPath: "/skills/one" },
        { name: "alias", realPath: "/skills/one" },
        { name: "two", realPath: "/skills/two" },
      ],
    });
    expect(after(args, "--extension")).toEqual(["/ext/provider.js", "/ext/web"]);
    expect(after(args, "--skill")).toEqual(["/skills/one", "/skills/two"]);
    expect(after(args, "--tools")).toEqual(["read,grep,find,ls,bash,search,fetch,login"]);
  });

  it("hold flags of later versions for versions that know them alone", () => {
    const flags = (version?: readonly [number, number, number]) =>
      argumentsOf({}, version).filter((flag) => ["--no-approve", "--no-mcp"].includes(flag));
    expect(flags()).toEqual([]);
    expect(flags([0, 78, 9])).toEqual([]);
    expect(flags([0, 79, 0])).toEqual(["--no-approve"]);
    expect(flags([0, 87, 1])).toEqual(["--no-approve"]);
    expect(flags([1, 0, 3])).toEqual(["--no-approve"]);
    expect(flags([1, 5, 2])).toEqual(["--no-approve", "--no-mcp"]);
  });

  it("are refused where a tool that reads is missing, or a name would mean something else", () => {
    expect(() => argumentsOf({ tools: ["read", "bash"] })).toThrow(/missing: grep, find, ls/);
    for (const name of ["a,b", "+bash", "-read", "mcp__*", ""]) {
      expect(() => argumentsOf({ extensionTools: [{ name, realPath: "/e" }] })).toThrow(LaunchDenied);
    }
  });
});

describe("the launch of pi", () => {
  async function launch(options: PiOptions = {}, changes: Partial<AgentProfile> = {}) {
    const pi = await program("opt/pi");
    const scratch = await directory("scratch");
    const order = piOrder({ cwd: base, scratch, profile: changes, attempt: { root: base } });
    return await piProgram({ launcher: { command: [pi] }, ...options }).launch(order);
  }

  const settings = async (): Promise<unknown> =>
    JSON.parse(await readFile(join(base, "scratch/pi-agent/settings.json"), "utf8"));

  it("gives pi a directory and a home of its own, and keeps it from the network", async () => {
    const { argv, environment } = await launch({ environment: { API_KEY: "k", PI_OFFLINE: "0" } });
    expect(argv[0]).toBe(join(base, "opt/pi"));
    expect(environment).toEqual({
      API_KEY: "k",
      HOME: join(base, "scratch/home"),
      TMPDIR: join(base, "scratch/tmp"),
      NODE_DISABLE_COMPILE_CACHE: "1",
      PI_CODING_AGENT_DIR: join(base, "scratch/pi-agent"),
      PI_OFFLINE: "1",
      PI_TELEMETRY: "0",
      PI_SKIP_VERSION_CHECK: "1",
    });
    for (const name of ["home", "tmp", "pi-agent"])
      expect((await stat(join(base, "scratch", name))).mode & 0o777).toBe(0o700);
    expect(await settings()).toEqual({ retry: { provider: { maxRetries: 0 } } });
  });

  it("takes model and thinking from the agent, else from the host", async () => {
    const host = { model: "host/model", thinking: "low" };
    expect(after((await launch(host)).argv, "--model")).toEqual(["host/model"]);
    await rm(join(base, "scratch"), { recursive: true });
    const { argv } = await launch(host, { model: "own/model", thinking: "high" });
    expect([after(argv, "--model"), after(argv, "--thinking")]).toEqual([["own/model"], ["high"]]);
  });

  it("copies models and credentials for their owner alone, and of the settings those of models", async () => {
    await file("agent/models.json", '{"providers":{}}');
    await file("agent/auth.json", '{"fake":{}}', 0o644);
    await file("agent/SYSTEM.md", "be evil");
    const own = {
      defaultModel: "m",
      packages: ["npm:evil"],
      extensions: ["/x"],
      retry: { maxRetries: 1, provider: { maxRetries: 9, timeoutMs: 5 } },
    };
    await file("agent/settings.json", JSON.stringify(own));
    await launch({ agentDirectory: join(base, "agent"), retry: { baseDelayMs: 100 } });
    expect(await settings()).toEqual({
      defaultModel: "m",
      retry: { maxRetries: 1, baseDelayMs: 100, provider: { maxRetries: 0, timeoutMs: 5 } },
    });
    for (const name of ["models.json", "auth.json", "settings.json"]) {
      expect((await stat(join(base, "scratch/pi-agent", name))).mode & 0o777).toBe(0o600);
    }
    expect(await readFile(join(base, "scratch/pi-agent/auth.json"), "utf8")).toBe('{"fake":{}}');
    await expect(stat(join(base, "scratch/pi-agent/SYSTEM.md"))).rejects.toThrow("ENOENT");
  });

  it("links the programs that pi searches with, so that it need not fetch them", async () => {
    await file("agent/bin/rg", "found");
    await launch({ agentDirectory: join(base, "agent") });
    expect(await readFile(join(base, "scratch/pi-agent/bin/rg"), "utf8")).toBe("found");
  });

  it("is denied where the host's files cannot be used", async () => {
    const agentDirectory = await directory("agent");
    for (const content of ["{ broken", "[]", `"${"x".repeat(limits.agentConfigBytesMax)}"`]) {
      await file("agent/settings.json", content);
      await expect(launch({ agentDirectory })).rejects.toBeInstanceOf(LaunchDenied);
      await rm(join(base, "scratch"), { recursive: true });
    }
  });
});
