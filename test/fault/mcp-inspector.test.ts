import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine, repository } from "../support/built-command.ts";
import { inspect, inspectorTimeoutMs, missingInspector } from "../support/real-inspector.ts";
import { graphOf, placesWithRuns } from "./mcp-client.ts";

const workplace = placesWithRuns();
const toolError = 5;

describe.each(["legacy", "modern"] as const)("the inspector's command line, in the %s era", (era) => {
  it("lists, calls and reads, with a server of its own for each", { timeout: inspectorTimeoutMs }, async (context) => {
    if (missingInspector !== undefined) context.skip(missingInspector);
    const place = workplace();
    const ask = (...args: string[]) =>
      inspect(place.directory, [...commandLine, "mcp", "--protocol-era", era, ...args]);
    const call = (name: string, given: object) =>
      ask("--method", "tools/call", "--tool-name", name, "--tool-args-json", JSON.stringify(given));

    // It finds nothing in the schemas that some model's interface would not take.
    const listed = await ask("--method", "tools/list", "--strict");
    expect(listed).toMatchObject({ code: 0, stderr: "" });
    expect(listed.result?.["tools"]).toHaveLength(8);

    const graph = graphOf([{ id: "a", shell: "echo done" }]);
    expect(await call("run_start", { graph, id: "r1" })).toMatchObject({ code: 0 });
    const ended = await call("run_wait", { runId: "r1", stepId: "a", timeoutSeconds: 50 });
    expect(ended).toMatchObject({ code: 0, result: { structuredContent: { wait: { woke: "end" } } } });
    const given = await call("step_result", { runId: "r1", stepId: "a" });
    expect(given).toMatchObject({ code: 0, result: { structuredContent: { output: { text: "done" } } } });

    const { result: resources } = await ask("--method", "resources/list");
    expect(resources?.["resources"]).toContainEqual(expect.objectContaining({ uri: "runfold://runs/r1/graph" }));
    const { result: templates } = await ask("--method", "resources/templates/list");
    expect(templates?.["resourceTemplates"]).toHaveLength(4);
    const read = await ask("--method", "resources/read", "--uri", "runfold://runs/r1/graph");
    expect(read).toMatchObject({ code: 0, result: { contents: [{ text: JSON.stringify(graph) }] } });

    const missing = await call("run_status", { runId: "r2" });
    expect(missing).toMatchObject({ code: toolError, result: { isError: true } });
    expect((await ask("--method", "resources/read", "--uri", "runfold://runs/r2/graph")).code).toBe(1);
    // It cannot ask its user.
    expect(await call("run_cleanup", { runId: "r1" })).toMatchObject({ code: toolError });
    expect(await call("run_cleanup", { runId: "r1", confirm: true })).toMatchObject({ code: 0 });
  });
});

describe("the configuration that the document shows", () => {
  it("starts a server in whatever directory its host is", { timeout: inspectorTimeoutMs }, async (context) => {
    if (missingInspector !== undefined) context.skip(missingInspector);
    const place = workplace();
    const [, shown = ""] = /```json\n(\{\n {2}"mcpServers".*?)```/s.exec(
      readFileSync(`${repository}/docs/mcp.md`, "utf8"),
    )!;
    const built = dirname(dirname(commandLine[1]!));
    const config = shown.replace("/srv/runfold/dist", built).replaceAll("/srv/work", place.path(".runfold"));
    expect(config).not.toContain("/srv");
    mkdirSync(place.path(".runfold"));
    writeFileSync(place.path("config.json"), config);
    const call = (name: string, given: object) => {
      const tool = ["--method", "tools/call", "--tool-name", name, "--tool-args-json", JSON.stringify(given)];
      return inspect(place.directory, ["--config", "config.json", "--server", "runfold", ...tool]);
    };
    await call("run_start", { graph: graphOf([{ id: "a", shell: "pwd" }]), id: "r1" });
    await call("run_wait", { runId: "r1", timeoutSeconds: 50 });
    const { result } = await call("step_result", { runId: "r1", stepId: "a" });
    expect(result).toMatchObject({
      structuredContent: { output: { text: expect.stringMatching(/\/\.runfold$/) as string } },
    });
    expect(existsSync(place.path(".runfold/runs.db"))).toBe(true);
  });
});
