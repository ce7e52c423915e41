/**
 * The tool `agent_team` for pi 0.73 and later. It imports nothing of pi, so that one file serves all versions.
 *
 * Runs live as long as the session that started them: they outlast an aborted turn, and end with the session.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { directoryArtifacts, openRuntime } from "runfold";
import { createTeamTool, teamToolDefinition } from "runfold/tool";

const agentDirectory = process.env["PI_CODING_AGENT_DIR"] ?? join(homedir(), ".pi", "agent");
const { name, label, description, parameters } = teamToolDefinition();

export default function agentTeam(pi) {
  /** The runtime of this session, once its first call has opened it. */
  let opening;
  /** After a session's end its last turn may still go on for a moment, and must begin nothing anew. */
  let isOver = false;
  /** What agents run with that say nothing else: what the session itself runs with by now. */
  let defaults = {};

  pi.registerTool({
    name,
    label,
    description,
    parameters,
    promptSnippet: "Run a team of agents as a graph of steps",
    async execute(_call, input, signal, onUpdate, context) {
      if (isOver) throw new Error("The session of pi has been shut down.");
      defaults = defaultsOf(pi, context);
      opening ??= open(pi, context, () => defaults);
      const { tool, session } = await opening;
      const update = ({ text, details }) => onUpdate?.({ content: [{ type: "text", text }], details });
      const result = await tool.call(input, { session, signal, onUpdate: update });
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

async function open(pi, context, defaultsNow) {
  const directory = await mkdtemp(join(tmpdir(), "pi-agent-team-"));
  const { model, thinking } = defaultsNow();
  const agents = {
    pi: {
      // The very pi that this is, whatever lies in the path.
      launcher: { command: [process.execPath, process.argv[1]] },
      agentDirectory,
      ...(model === undefined ? {} : { model }),
      ...(thinking === undefined ? {} : { thinking }),
    },
  };
  const runtime = await openRuntime({ root: context.cwd, artifacts: directoryArtifacts(directory), agents });
  const session = context.sessionManager?.getSessionId?.() ?? directory;
  const tool = createTeamTool(runtime, { cwd: context.cwd, agents, defaults: defaultsNow, notify: tellIn(pi) });
  const close = async () => {
    await tool.shutdown(session, "The session of pi was shut down.");
    tool.close();
    await runtime.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { tool, session, close };
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
