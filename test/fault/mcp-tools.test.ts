import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { connections, everyEra, graphOf, placesWithRuns, until } from "./mcp-client.ts";

const workplace = placesWithRuns();
const connect = connections();

describe.each(everyEra)("runfold mcp, spoken to as %s", (era) => {
  it("starts a run, is waited on, gives results, and deletes the run once its user agrees", async () => {
    const place = workplace();
    const asked: string[] = [];
    const server = await connect(place, {
      era,
      user: (message) => {
        asked.push(message);
        return { action: "accept", confirm: asked.length > 1 };
      },
    });
    expect(server.client.getNegotiatedProtocolVersion()).toBe(era === "auto" ? "2026-07-28" : era);
    const { tools } = await server.client.listTools();
    for (const tool of tools) {
      expect(tool).toMatchObject({ inputSchema: { type: "object" }, outputSchema: { type: "object" } });
    }
    expect(tools.map(({ name }) => name).toSorted()).toEqual([
      "run_cancel",
      "run_cleanup",
      "run_list",
      "run_message",
      "run_start",
      "run_status",
      "run_wait",
      "step_result",
    ]);
    expect(tools.find(({ name }) => name === "run_cleanup")?.annotations?.destructiveHint).toBe(true);
    expect((await server.call("run_list", {})).data).toEqual({ runs: [], omittedRuns: 0 });

    const steps = [
      until("slow", "go"),
      { id: "bad", shell: "while [ ! -e fail ]; do sleep 0.05; done; echo part; echo why >&2; exit 3" },
      { id: "sum", shell: 'cat "$RUNFOLD_INPUT_SLOW_FILE"', needs: ["slow"] },
    ];
    const started = await server.call("run_start", { graph: graphOf(steps), id: "r1" });
    expect(started).toMatchObject({
      isError: false,
      data: { run: { id: "r1", status: "running", isEnded: false, owner: { state: "alive" } } },
      text: expect.stringContaining("Run r1 was started.") as string,
    });
    const { cursor } = started.data as unknown as { cursor: string };
    const told: number[] = [];
    const woken = await server.call(
      "run_wait",
      { runId: "r1", cursor, timeoutSeconds: 50 },
      {
        onprogress: ({ progress, total, message }) => {
          expect({ total, message }).toMatchObject({
            total: 50,
            message: expect.stringContaining("of 3 steps ended") as string,
          });
          told.push(progress);
          writeFileSync(place.path("fail"), "");
        },
      },
    );
    expect(woken.data).toMatchObject({ wait: { woke: "event", events: [{ type: "step.failed", step: "bad" }] } });
    expect(told[0]).toBe(0);
    writeFileSync(place.path("go"), "");
    const ended = await server.untilEnd("r1", (woken.data["wait"] as unknown as { cursor: string }).cursor);
    expect(ended.data).toMatchObject({
      run: { status: "mixed", isEnded: true, counts: { succeeded: 2, failed: 1 } },
      wait: { woke: "end" },
      steps: [{ id: "slow" }, { id: "bad", failure: { exitCode: 3 } }, { id: "sum" }],
    });

    const sum = await server.call("step_result", { runId: "r1", stepId: "sum" });
    expect(sum.data).toMatchObject({ output: { text: "begun\ndone", bytes: 10, isCut: false }, exitCode: 0 });
    expect(sum.text).toContain("| begun\n| done");
    const bad = await server.call("step_result", { runId: "r1", stepId: "bad" });
    expect(bad.data).toMatchObject({ partial: { text: "part" }, exitCode: 3 });
    expect(bad.data).not.toHaveProperty("output");
    const message = await server.call("run_message", { runId: "r1", stepId: "sum", text: "Hello.", channel: "steer" });
    expect(message).toMatchObject({
      isError: true,
      data: { error: { code: "message.denied" }, message: { status: "denied" } },
    });
    expect((await server.call("run_cancel", { runId: "r1" })).text).toContain("had already ended: mixed");
    expect((await server.call("run_list", {})).data).toMatchObject({ runs: [{ id: "r1", status: "mixed" }] });

    const kept = await server.call("run_cleanup", { runId: "r1" });
    expect(kept).toMatchObject({ isError: false, data: { runId: "r1", isCleaned: false } });
    expect((await server.call("run_status", { runId: "r1" })).isError).toBe(false);
    const cleaned = await server.call("run_cleanup", { runId: "r1" });
    expect(cleaned.data).toEqual({ runId: "r1", isCleaned: true });
    expect(asked).toHaveLength(2);
    expect(asked[0]).toContain('Delete run r1 of graph "tried" (mixed, 3 steps)');
    expect(await server.call("run_status", { runId: "r1" })).toMatchObject({
      isError: true,
      data: { error: { code: "run.unknown" } },
      text: expect.stringContaining("There are no runs yet.") as string,
    });
    expect(server.stderr).toBe("");
  });

  it("keeps a run whose user refuses, and wants it said where nobody can be asked", async () => {
    const place = workplace();
    const refusing = await connect(place, { era, user: () => ({ action: "decline", confirm: true }) });
    await refusing.call("run_start", { graph: graphOf([{ id: "a", shell: ":" }]), id: "r1" });
    await refusing.untilEnd("r1");
    // What the model says does not stand for what the user says.
    const declined = await refusing.call("run_cleanup", { runId: "r1", confirm: true });
    expect(declined).toMatchObject({ isError: false, data: { isCleaned: false } });
    const mute = await connect(place, { era });
    expect(await mute.call("run_cleanup", { runId: "r1" })).toMatchObject({
      isError: true,
      data: { error: { code: "confirmation.required" } },
    });
    expect((await mute.call("run_cleanup", { runId: "r1", confirm: false })).isError).toBe(true);
    expect((await mute.call("run_cleanup", { runId: "r1", confirm: true })).data).toMatchObject({ isCleaned: true });
  });

  it("ends a run that it is asked to end, not one whose wait is given up", async () => {
    const place = workplace();
    const server = await connect(place, { era, user: () => ({ action: "accept", confirm: true }) });
    await server.call("run_start", { graph: graphOf([until("slow", "never")]), id: "r1" });
    const giveUp = new AbortController();
    const waiting = server.call(
      "run_wait",
      { runId: "r1", timeoutSeconds: 600 },
      { signal: giveUp.signal, onprogress: () => giveUp.abort(new Error("given up")) },
    );
    await expect(waiting).rejects.toThrow("given up");
    expect((await server.call("run_status", { runId: "r1" })).data).toMatchObject({ run: { status: "running" } });
    expect(await server.call("run_wait", { runId: "r1", timeoutSeconds: 0 })).toMatchObject({
      isError: false,
      data: { wait: { woke: "timeout", events: [] } },
    });
    expect(await server.call("run_cleanup", { runId: "r1" })).toMatchObject({
      isError: true,
      data: { error: { code: "run.live" } },
    });
    const asked = await server.call("run_cancel", { runId: "r1", reason: "Enough.", force: true });
    expect(asked).toMatchObject({ isError: false, text: expect.stringContaining("is being ended by force") as string });
    const ended = await server.untilEnd("r1");
    expect(ended.data).toMatchObject({ run: { status: "canceled", cancelReason: "Enough." } });
  });

  it("gives graphs, events and artifacts to read, each bounded and of its run alone", async () => {
    const place = workplace();
    const server = await connect(place, { era });
    const large = { id: "large", shell: "seq 1 400000; printf '\\033[31mred'" };
    await server.call("run_start", { graph: graphOf([large]), id: "r1" });
    await server.call("run_start", { graph: graphOf([{ id: "small", shell: ":" }]), id: "r2" });
    await server.untilEnd("r1");
    await server.untilEnd("r2");
    const { resources } = await server.client.listResources();
    expect(resources.map(({ uri }) => uri).toSorted()).toEqual([
      "runfold://runs/r1/graph",
      "runfold://runs/r2/graph",
      "runfold://schema/graph",
    ]);
    expect(JSON.parse((await server.read("runfold://schema/graph")).text ?? "")).toHaveProperty("$schema");
    expect(JSON.parse((await server.read("runfold://runs/r1/graph")).text ?? "")).toEqual(graphOf([large]));
    const page = JSON.parse((await server.read("runfold://runs/r1/events")).text ?? "") as {
      events: { cursor: string; event: { type: string } }[];
      next: string;
      hasMore: boolean;
    };
    expect(page.events.map(({ event }) => event.type)).toEqual(
      expect.arrayContaining(["run.started", "step.succeeded", "run.settled"]),
    );
    expect(page.hasMore).toBe(false);
    expect(JSON.parse((await server.read(page.next)).text ?? "")).toMatchObject({ events: [], isEnded: true });
    const second = `runfold://runs/r1/events?after=${page.events[0]!.cursor}`;
    expect(JSON.parse((await server.read(second)).text ?? "")).toMatchObject({ events: page.events.slice(1) });

    const result = await server.call("step_result", { runId: "r1", stepId: "large", maxBytes: 10 });
    expect(result.data).toMatchObject({ output: { text: "1\n2\n3\n4\n5\n", isCut: true } });
    const link = result.raw.content.find(({ type }) => type === "resource_link") as { uri: string };
    const artifact = await server.read(link.uri);
    expect(artifact.text).toHaveLength(1024 * 1024);
    expect(artifact).toMatchObject({ _meta: { "runfold/isCut": true } });
    await expect(server.read(link.uri.replace("r1", "r2"))).rejects.toMatchObject({ code: -32602 });
  });
});
