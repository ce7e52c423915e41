import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseGraphText } from "runfold";

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

/** Where the programs of the documents run, so that they leave nothing behind in the repository. */
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "runfold-docs-"));
  await cp(join(root, "examples/graphs"), join(directory, "examples/graphs"), { recursive: true });
  await promisify(execFile)("git", ["init", "-q"], { cwd: directory });
  await writeFile(join(directory, "LICENSE"), "none\n");
  const identity = ["-c", "user.name=docs", "-c", "user.email=docs@example.org"];
  await promisify(execFile)("git", ["add", "."], { cwd: directory });
  await promisify(execFile)("git", [...identity, "commit", "-qm", "Begin"], { cwd: directory });
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe("every TypeScript block of the documents runs as it stands", () => {
  test.each(of("ts"))("%s", async (_place, { text }) => {
    // Inside the repository, because a block imports the package by its name.
    const folder = join(root, "build/docs");
    await mkdir(folder, { recursive: true });
    const file = join(folder, `block-${Buffer.from(text).toString("base64url").slice(-24)}-${process.pid}.ts`);
    const inDirectory = text.replaceAll('sqliteJournal("', `sqliteJournal("${directory}/`);
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

describe("every command of the documents does what it is shown for", () => {
  // Installing is what `.ci/run` does on a clean clone.
  const commands = of("sh").filter(([, { text }]) => !text.includes("npm "));
  test.each(commands)("%s", async (_place, { text }) => {
    for (const line of text.split("\n")) {
      const command = line.replace(/\s+#.*$/, "").trim();
      if (command === "") continue;
      const [, args] = /^(?:npx )?runfold (.+)$/.exec(command) ?? [];
      if (args === undefined) throw new Error(`The documents show a command that nobody runs: ${command}`);
      const program = `"${process.execPath}" --import "${tsxLoader()}" "${resolve(root, "src/cli/main.ts")}" ${args}`;
      const { code } = await shell(program);
      expect([0, 1], command).toContain(code);
    }
  });
});

function tsxLoader(): string {
  return pathToFileURL(join(root, "node_modules/tsx/dist/loader.mjs")).href;
}

async function shell(command: string): Promise<{ code: number; stderr: string }> {
  try {
    const { stderr } = await promisify(execFile)("/bin/sh", ["-c", command], { cwd: directory });
    return { code: 0, stderr };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, stderr };
  }
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
