import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRuntime, parseGraph } from "../../src/index.ts";
import type { Commit } from "../../src/index.ts";
import { sqliteJournal } from "../../src/sqlite.ts";

const graph = {
  name: "repo-audit",
  objective: "Describe the repository that this runs in, and say what it lacks.",
  steps: [
    { id: "commits", command: ["git", "log", "--oneline", "--no-decorate", "-20"], timeoutSeconds: 30 },
    { id: "numbers", shell: "seq 1 5000; echo done >&2", cwd: "site", timeoutSeconds: 30 },
    {
      id: "owners",
      shell: "cat CODEOWNERS",
      env: { LC_ALL: "C" },
      timeoutSeconds: 30,
      retry: { attempts: 2, backoffSeconds: 0.05 },
    },
    {
      id: "summary",
      shell:
        'echo "$RUNFOLD_INPUT_COMMITS"; tail -n 1 "$RUNFOLD_INPUT_NUMBERS_FILE"; echo "owners $RUNFOLD_STATUS_OWNERS"',
      needs: ["commits", "numbers"],
      after: ["owners"],
      timeoutSeconds: 30,
    },
  ],
  limits: { concurrency: 3, maxRunSeconds: 300 },
};

/** What the whole system writes into a real SQLite file while it runs real commands; read back through another journal. */
export async function realCommands(): Promise<readonly Commit[]> {
  const root = mkdtempSync(join(tmpdir(), "runfold-golden-"));
  try {
    mkdirSync(join(root, "site"));
    writeFileSync(join(root, "site/index.html"), "<p>Grüß Gott</p>\n");
    const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
    execFileSync("git", ["init", "-q"], { cwd: root });
    execFileSync("git", ["add", "."], { cwd: root });
    execFileSync("git", [...identity, "commit", "-qm", "Begin the site 🌱"], { cwd: root });
    const location = join(root, "runs.db");
    const parsed = parseGraph(graph);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
    const runtime = await openRuntime({ journal: sqliteJournal(location), root });
    const run = await runtime.start(parsed.graph, { id: "audit-42" });
    await run.outcome();
    await runtime.close();
    const journal = sqliteJournal(location);
    const commits = await journal.read("audit-42", 0);
    await journal.close();
    return commits;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
