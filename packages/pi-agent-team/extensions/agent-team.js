/**
 * The tool `agent_team` for pi 0.73 and later. It imports nothing of pi, so that one file serves all versions.
 *
 * Runs live as long as the session that started them: they outlast an aborted turn, and end with the session.
 */
import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { directoryArtifacts, openRuntime } from "runfold";
import { createTeamTool, teamToolDefinition } from "runfold/tool";

const agentDirectory = process.env["PI_CODING_AGENT_DIR"] ?? join(homedir(), ".pi", "agent");
const { name, label, description, parameters } = teamToolDefinition();

export default function agentTeam(pi) {
  /** The runtime of this session, once its first call has opened it. */
  let opening;
  /** After a session's end its last turn may still go on for a moment, and must begin nothing anew. */
  let isOver = false;
  /** The context of the newest call: whom to ask, and what agents run with that say nothing else. */
  let newest;

  pi.registerTool({
    name,
    label,
    description,
    parameters,
    promptSnippet: "Run a team of agents as a graph of steps",
    async execute(_call, input, signal, onUpdate, context) {
      if (isOver) throw new Error("The session of pi has been shut down.");
      newest = context;
      opening ??= openTeam(pi, () => newest).catch((error) => {
        // What kept it from being opened may be repaired before the next call.
        opening = undefined;
        throw error;
      });
      const team = await opening;
      const update = ({ text, details }) => onUpdate?.({ content: [{ type: "text", text }], details });
      const result = await team.call(input, context, { signal, onUpdate: update });
      // To throw is how a tool tells pi that it failed.
      if (!result.ok) throw new Error(result.text);
      return { content: [{ type: "text", text: result.text }], details: result.details };
    },
  });

  pi.on("session_start", () => {
    isOver = false;
  });

  pi.on("session_shutdown", async () => {
    isOver = true;
    const opened = opening;
    opening = undefined;
    // A session that could not be opened has nothing to end; its calls have said why.
    const team = await opened?.catch(() => undefined);
    await team?.close();
  });
}

async function openTeam(pi, contextNow) {
  const { cwd, hasUI } = contextNow();
  const agents = { pi: { launcher: { command: ownCommand() }, agentDirectory } };
  const directory = await makeDirectory();
  try {
    const runtime = await openRuntime({ root: cwd, artifacts: directoryArtifacts(directory), agents });
    const tool = createTeamTool(runtime, {
      root: cwd,
      agents,
      defaults: () => defaultsOf(pi, contextNow()),
      notify: tellIn(pi),
      ...(hasUI === true && { confirmProjectAgents: (signal) => confirmIn(contextNow(), signal) }),
    });
    return teamOf({ tool, runtime, directory });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

function teamOf({ tool, runtime, directory }) {
  const sessions = new Set();
  return {
    call(input, { sessionManager }, options) {
      const session = sessionManager?.getSessionId?.() ?? directory;
      sessions.add(session);
      return tool.call(input, { session, ...options });
    },
    /** Each part is let go whatever becomes of the others; the runtime ends what could not be ended by its session. */
    async close() {
      try {
        for (const session of sessions) await tool.shutdown(session, "The session of pi was shut down.");
      } finally {
        tool.close();
        await runtime.close().finally(() => rm(directory, { recursive: true, force: true }));
      }
    },
  };
}

/** The very pi that this is, whatever lies in the path: a script and what runs it, or a program of its own. */
function ownCommand() {
  const isScript = /^(?:node|bun)(?:\.exe)?$/.test(basename(process.execPath));
  return isScript ? [process.execPath, process.argv[1]] : [process.execPath];
}

/** A private directory for the texts of runs. Those that a pi has left which was killed go first. */
async function makeDirectory() {
  for (const entry of await readdir(tmpdir())) {
    const pid = /^pi-agent-team-([0-9]+)-[A-Za-z0-9]{6}$/.exec(entry)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(tmpdir(), entry);
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.isDirectory() !== true || stats.uid !== process.getuid?.()) continue;
    // Another pi may be at it already.
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
  return await mkdtemp(join(tmpdir(), `pi-agent-team-${process.pid}-`));
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

function confirmIn({ ui }, signal) {
  const question = "A team is to be shown the agents that this project defines. Are they to be trusted?";
  return ui.confirm("Agents of the project", question, { signal });
}

/** A notice is put before the model as soon as it can hear it, and begins a turn where it is idle. */
function tellIn(pi) {
  return ({ text, details }) => {
    const message = { customType: "agent_team-notice", content: text, display: true, details };
    pi.sendMessage(message, { triggerTurn: true, deliverAs: "steer" });
  };
}

function defaultsOf(pi, { model }) {
  return {
    model: model === undefined ? undefined : `${model.provider}/${model.id}`,
    thinking: pi.getThinkingLevel?.(),
  };
}
