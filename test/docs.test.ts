import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parseGraphText } from "runfold";
import { commandLine } from "./support/built-command.ts";
import { writeAgentDirectory } from "./support/model-server/agent-directory.ts";
import { ModelServer } from "./support/model-server/model-server.ts";
import { answer } from "./support/model-server/reply.ts";
import { always } from "./support/model-server/script.ts";
import { oldPi } from "./support/real-pi.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const documents = [
  "README.md",
  ...(await readdir(join(root, "docs"))).filter(isMarkdown).map((name) => `docs/${name}`),
];

interface Block {
  readonly document: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

const blocks = (await Promise.all(documents.map(blocksOf))).flat();
const of = (language: string): readonly (readonly [string, Block])[] =>
  blocks.filter((block) => block.language === language).map((block) => [`${block.document}:${block.line}`, block]);

/** Where the programs of the documents run, so that they leave nothing behind in the repository; a folder a document. */
let directory: string;
/** What the agents of the documents ask. */
let models: ModelServer;
const run = promisify(execFile);
const folderOf = (document: string): string => join(directory, document.replaceAll("/", "-"));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "runfold-docs-"));
  for (const document of documents) {
    const cwd = folderOf(document);
    await cp(join(root, "examples/graphs"), join(cwd, "examples/graphs"), { recursive: true });
    await writeFile(join(cwd, "LICENSE"), "none\n");
    await run("git", ["init", "-q"], { cwd });
    await run("git", ["add", "."], { cwd });
    const identity = ["-c", "user.name=docs", "-c", "user.email=docs@example.org"];
    await run("git", [...identity, "commit", "-qm", "Begin"], { cwd });
  }
  // What `npm ci` would put on the path.
  await mkdir(join(directory, "bin"));
  const command = commandLine.map((part) => `'${part}'`).join(" ");
  await writeFile(join(directory, "bin/runfold"), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  await writeFile(join(directory, "bin/npx"), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  models = await ModelServer.open({ docs: always(answer("Nothing trips anybody over.")) });
  await givePi();
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await models.close();
  await rm(directory, { recursive: true, force: true });
});

describe("every TypeScript block of the documents runs as it stands", () => {
  test.for(of("ts"))("%s", async ([, { document, text }], context) => {
    context.skip(isPassedOver(document));
    // Inside the repository, because a block imports the package by its name.
    const folder = join(root, "build/docs");
    await mkdir(folder, { recursive: true });
    const file = join(folder, `block-${Buffer.from(text).toString("base64url").slice(-24)}-${process.pid}.ts`);
    const inDirectory = text.replaceAll('sqliteJournal("', `sqliteJournal("${folderOf(document)}/`);
    await writeFile(file, `${inDirectory}\nexport const hasRun = true;\n`);
    try {
      const module: unknown = await import(/* @vite-ignore */ pathToFileURL(file).href);
      expect(module).toMatchObject({ hasRun: true });
    } finally {
      await rm(file);
    }
  });
});

describe("every graph of the documents is a valid graph", () => {
  test.each(of("json graph"))("%s", (_place, { text }) => {
    expect(parseGraphText(text)).toMatchObject({ ok: true });
  });
});

describe("every JSON block of the documents is JSON, or lines of it", () => {
  test.each([...of("json"), ...of("ndjson")])("%s", (_place, { text, language }) => {
    const texts = language === "ndjson" ? text.trim().split("\n") : [text];
    for (const one of texts) expect(() => JSON.parse(one)).not.toThrow();
  });
});

describe("every command of the documents runs, in the order of its document", () => {
  // Installing is what a clean clone does before its tests.
  const commands = of("sh").filter(([, { text }]) => !text.includes("npm "));
  test.for(commands)("%s", async ([, { document, text }], context) => {
    context.skip(isPassedOver(document));
    const { stderr } = await run("/bin/sh", ["-ec", text], { cwd: folderOf(document) });
    expect(stderr).not.toContain("This is a bug");
  });
});

/** What somebody has who installed pi and set it up. */
async function givePi(): Promise<void> {
  const home = join(directory, "home");
  const settings = join(home, ".pi/agent");
  await writeAgentDirectory(settings, { url: models.url, models: ["fake-docs"] });
  const command = oldPi.launcher.map((part) => `'${part}'`).join(" ");
  await writeFile(join(directory, "bin/pi"), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  vi.stubEnv("HOME", home);
  vi.stubEnv("PATH", `${join(directory, "bin")}:${process.env["PATH"]}`);
  vi.stubEnv("RUNFOLD_PI_DIRECTORY", settings);
}

/** Whether a block cannot be run here, with the reason printed. */
function isPassedOver(document: string): boolean {
  if (!["docs/agents.md", "docs/tool.md"].includes(document) || oldPi.missing === undefined) return false;
  console.log(`skipped: ${document} needs ${oldPi.toString()}: ${oldPi.missing}`);
  return true;
}

function isMarkdown(name: string): boolean {
  return name.endsWith(".md");
}

async function blocksOf(document: string): Promise<readonly Block[]> {
  const lines = (await readFile(join(root, document), "utf8")).split("\n");
  const found: Block[] = [];
  let open: { readonly line: number; readonly language: string; readonly text: string[] } | undefined;
  for (const [index, line] of lines.entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (fence === null) open?.text.push(line);
    else if (open === undefined) open = { line: index + 1, language: fence[1]!.trim(), text: [] };
    else {
      found.push({ document, line: open.line, language: open.language, text: open.text.join("\n") });
      open = undefined;
    }
  }
  return found;
}
