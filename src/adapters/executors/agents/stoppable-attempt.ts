import type { Attempt, StopSignal } from "../../../ports/executor.ts";
import type { ProcessStop } from "../processes/process-stop.ts";

/** An attempt that is also told to stop when its executor closes. Everything else goes to the attempt itself. */
export function stoppableAttempt(attempt: Attempt, processStop: ProcessStop): Attempt {
  const stop: StopSignal = {
    get request() {
      return processStop.request;
    },
    onRequest(listener) {
      processStop.onRequest(() => {
        if (processStop.request !== undefined) listener(processStop.request);
      });
    },
  };
  return {
    run: attempt.run,
    owner: attempt.owner,
    isResumed: attempt.isResumed,
    graph: attempt.graph,
    definition: attempt.definition,
    step: attempt.step,
    number: attempt.number,
    deadlineAt: attempt.deadlineAt,
    root: attempt.root,
    place: attempt.place,
    variables: attempt.variables,
    upstream: attempt.upstream,
    stop,
    text: (stream, text) => attempt.text(stream, text),
    note: (message, fraction) => attempt.note(message, fraction),
    tool: (call) => attempt.tool(call),
    onMessage: (listener) => attempt.onMessage(listener),
    diagnostic: (code, severity, message) => attempt.diagnostic(code, severity, message),
    createArtifact: (label) => attempt.createArtifact(label),
    readArtifact: (artifact) => attempt.readArtifact(artifact),
    artifactPath: (artifact) => attempt.artifactPath(artifact),
  };
}
