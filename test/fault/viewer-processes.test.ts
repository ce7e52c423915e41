import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { RunsMessage } from "../../src/viewer/protocol.ts";
import { eventually } from "../support/eventually.ts";
import { openLibsql } from "../../src/adapters/journals/sqlite-libsql.ts";
import { boundByModes } from "../support/bound-by-modes.ts";
import { EventReader } from "../support/viewer/event-source.ts";
import { countTo, isCaughtUp, positionsOf, storyOf } from "../support/viewer/run-story.ts";
import type { RunningCommand, Workplace } from "./cli-process.ts";
import { placesWithRuns, until } from "./mcp-client.ts";

const workplace = placesWithRuns();

interface Viewing {
  readonly command: RunningCommand;
  readonly url: string;
  read(path: string, headers?: Readonly<Record<string, string>>): EventReader;
  post(path: string, body: object): Promise<unknown>;
}

/** The real command, with the address that it prints. */
async function view(
  place: Workplace,
  args: readonly string[] = [],
  token = "",
  through: readonly string[] = [],
): Promise<Viewing> {
  const command = place.start(["view", ...args], { env: { RUNFOLD_VIEW_TOKEN: token }, through });
  let text = "";
  command.child.stdout.on("data", (piece: string) => (text += piece));
  await command.until("Ctrl-C ends the viewer.");
  const url = /http:\S+/.exec(text)?.[0] ?? "";
  const base = url.replace(/#.*/, "");
  return {
    command,
    url,
    read: (path, headers) => new EventReader(base + path, headers),
    async post(path, body) {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) });
      return await answer.json();
    },
  };
}

const statusOf = (list: unknown): string | undefined => (list as RunsMessage | undefined)?.runs[0]?.summary.status;
const hasEnd = ({ events }: EventReader): boolean => events.some(({ event }) => event === "end");

/** A run in a process of its own that waits for a file, and says each tenth of a second that it does. */
async function startDetached(place: Workplace, id: string, step = until("slow", "go")): Promise<void> {
  const graph = place.graph("waits", [step, { id: "then", shell: "echo done", needs: [(step as { id: string }).id] }]);
  expect(await place.run(["run", graph, "--id", id, "--detach"])).toMatchObject({ code: 0 });
}

async function eventsOf(place: Workplace, id: string): Promise<unknown[]> {
  const { stdout } = await place.run(["events", id, "--json"]);
  return stdout.split("\n").flatMap((line) => {
    if (line === "") return [];
    const { position, at, event } = JSON.parse(line) as { position: number; at: number; event: unknown };
    return [{ position, at, event }];
  });
}

describe("runfold view", () => {
  it("shows a run of another process live, and ends it from the page as runfold cancel does", async () => {
    const place = workplace();
    await startDetached(place, "r1");
    const { read, post, url, command } = await view(place, ["r1"]);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/#r1$/);
    const reader = read("runs/r1/events");
    await reader.until(isCaughtUp);
    const list = read("runs");
    await list.until(({ events }) => (events.at(-1)?.data as RunsMessage | undefined)?.runs[0]?.isLive === true);
    const message = { step: "slow", channel: "steer", text: "Hear me.", key: "k1" };
    const denied = await post("runs/r1/messages", message);
    expect(denied).toMatchObject({ outcome: "refused", why: expect.stringMatching(/./) as string });
    expect(await post("runs/r1/cancel", { reason: "From the page.", isForced: true })).toEqual({ outcome: "taken" });
    await reader.until(hasEnd);
    await list.until(({ events }) => statusOf(events.at(-1)?.data) === "canceled");
    expect(JSON.stringify(storyOf(reader))).toContain("From the page.");
    // It went the way to the process that writes the run, which has noted it.
    expect(storyOf(reader).map(({ event }) => event.type)).toContain("message.denied");
    expect(positionsOf(reader)).toEqual(countTo((await eventsOf(place, "r1")).length));
    list.close();
    command.child.kill("SIGINT");
    expect(await command.ended).toMatchObject({ code: 0, signal: null, stderr: "" });
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "ends on %s while pages watch, and leaves the run alone",
    async (signal) => {
      const place = workplace();
      await startDetached(place, "r1");
      const { read, command } = await view(place);
      const readers = [read("runs"), read("runs/r1/events"), read("runs/r1/events")];
      await Promise.all(readers.map((reader) => reader.until(({ events }) => events.length > 0)));
      command.child.kill(signal);
      expect(await command.ended).toMatchObject({ code: 0, signal: null, stderr: "" });
      await Promise.all(readers.map((reader) => reader.untilEnd()));
      expect(await place.json(["status", "r1"])).toMatchObject({
        run: { status: "running", owner: { state: "alive" } },
      });
    },
  );

  it("goes on for open pages when it was killed and started again on its port with its secret, and none misses an event", async () => {
    const place = workplace();
    await startDetached(place, "r1");
    const token = "t".repeat(16) + "ABCDEF0123456789";
    const first = await view(place, [], token);
    const { port } = new URL(first.url);
    const pages = [first.read("runs/r1/events?after=0"), first.read("runs/r1/events?after=0")];
    await Promise.all(pages.map((page) => page.until(isCaughtUp)));
    first.command.child.kill("SIGKILL");
    await Promise.all(pages.map((page) => page.untilEnd()));
    writeFileSync(place.path("go"), "");
    await place.run(["status", "r1", "--step", "then", "--wait", "50"]);
    const second = await view(place, ["--port", port], token);
    expect(second.url).toBe(first.url);
    const again = pages.map((page) => second.read("runs/r1/events?after=0", { "last-event-id": page.parser.lastId }));
    await Promise.all(again.map((page) => page.until(hasEnd)));
    const own = await eventsOf(place, "r1");
    for (const [index, page] of pages.entries()) expect([...storyOf(page), ...storyOf(again[index]!)]).toEqual(own);
    expect(JSON.stringify(own.at(-1))).toContain("run.settled");
  });

  it("has no new secret for whoever only knows the old one", async () => {
    const place = workplace();
    await startDetached(place, "r1");
    const first = await view(place);
    const { port, pathname } = new URL(first.url);
    first.command.child.kill("SIGKILL");
    await first.command.ended;
    const second = await view(place, ["--port", port]);
    expect(second.url).not.toBe(first.url);
    expect((await fetch(`http://127.0.0.1:${port}${pathname}`)).status).toBe(404);
  });

  it("shows when a run's process is gone, and then the run being gone on with", async () => {
    const place = workplace();
    await startDetached(place, "r1", until("slow", "go", { onInterrupted: "retry" }));
    const { read, post } = await view(place);
    const list = read("runs");
    const isLive = (): boolean | undefined => (list.events.at(-1)?.data as RunsMessage | undefined)?.runs[0]?.isLive;
    await list.until(() => isLive() === true);
    const reader = read("runs/r1/events");
    const { run } = (await place.json(["status", "r1"])) as { run: { owner: { pid: number } } };
    process.kill(run.owner.pid, "SIGKILL");
    await list.until(() => isLive() === false);
    await reader.until(() => reader.events.some(({ event }) => event === "owner"));
    expect(reader.events.at(-1)).toMatchObject({ event: "owner", data: { isLive: false } });
    const refused = await post("runs/r1/cancel", { reason: "", isForced: false });
    expect(refused).toMatchObject({ outcome: "refused", why: expect.stringContaining("is gone") as string });
    writeFileSync(place.path("go"), "");
    expect(await place.run(["resume", "r1"])).toMatchObject({ code: 0 });
    await reader.until(hasEnd);
    expect(positionsOf(reader)).toEqual(countTo((await eventsOf(place, "r1")).length));
    const owners = reader.events.flatMap(({ event, data }) => (event === "owner" ? [data] : []));
    // Whether the new owner is seen before it is done depends on who is faster; nothing else is ever said.
    expect([[{ isLive: false }], [{ isLive: false }, { isLive: true }]]).toContainEqual(owners);
    list.close();
  });

  it("tells the pages of a run that is deleted, and those that come back of a later run with its id", async () => {
    const place = workplace();
    await startDetached(place, "r1");
    const { read } = await view(place);
    const reader = read("runs/r1/events");
    await reader.until(isCaughtUp);
    const { run } = (await place.json(["status", "r1"])) as { run: { owner: { pid: number } } };
    process.kill(run.owner.pid, "SIGKILL");
    await eventually(async () => (await place.run(["cleanup", "r1"])).code === 0, "it can be cleaned up");
    // It is ended first, and then deleted: a page sees its end, or that it is gone, whichever it was in time for.
    await reader.untilEnd();
    expect(["end", "gone"]).toContain(reader.events.at(-1)?.event);
    const late = read("runs/r1/events", { "last-event-id": reader.parser.lastId });
    await late.untilEnd();
    expect(late.events).toMatchObject([{ event: "gone", data: { code: "run.unknown" } }]);
    writeFileSync(place.path("go"), "");
    await startDetached(place, "r1");
    const again = read("runs/r1/events", { "last-event-id": reader.parser.lastId });
    await again.until(hasEnd);
    expect(again.events[0]).toMatchObject({ event: "restart" });
    expect(positionsOf(again)).toEqual(countTo((await eventsOf(place, "r1")).length));
  });

  it("lists a damaged run among the others, and says what is wrong with it", async () => {
    const place = workplace();
    for (const id of ["r1", "r2"]) {
      await place.run(["run", place.graph("quick", [{ id: "a", shell: ":" }]), "--id", id]);
    }
    place.excuse(".runfold/runs.db");
    const driver = openLibsql(place.path(".runfold/runs.db"), { readOnly: false });
    driver.exec("UPDATE commits SET body = body || ' ' WHERE run = 1 AND position > 4");
    driver.close();
    const { read, command } = await view(place);
    const list = read("runs");
    await list.until(({ events }) => events.length > 0);
    expect((list.events[0]!.data as RunsMessage).runs.map(({ summary }) => summary.id)).toEqual(["r2", "r1"]);
    const [damaged, whole] = [read("runs/r1/events"), read("runs/r2/events")];
    await damaged.untilEnd();
    expect(damaged.events).toMatchObject([{ event: "gone", data: { code: "journal.corrupt" } }]);
    await whole.until(hasEnd);
    const page = await place.run(["export", "r1", "--html", "--output", "r1.html"]);
    expect(page).toMatchObject({ code: 1, stderr: expect.stringContaining("and was written to") as string });
    expect(readFileSync(place.path("r1.html"), "utf8")).toMatch(/"writtenAtPosition":[1-4],"cutBecause":"/);
    list.close();
    command.child.kill("SIGINT");
    expect((await command.ended).stderr).toContain("runfold view: The journal of run r1 is damaged");
  });

  it("looks at a database that cannot be written, and takes no orders", async (context) => {
    const through = boundByModes(context);
    const place = workplace();
    const graph = place.graph("left", [until("slow", "never")]);
    mkdirSync(place.path("kept"));
    const run = place.start(["run", graph, "--id", "r1", "--db", "kept/runs.db"]);
    await run.until("begun");
    run.child.kill("SIGKILL");
    await run.ended;
    // Whoever reads last leaves one file, which can be read where nothing can be written.
    await place.run(["runs", "--db", "kept/runs.db"]);
    await place.run(["cleanup", "none", "--db", "kept/runs.db"]);
    chmodSync(place.path("kept/runs.db"), 0o444);
    chmodSync(place.path("kept"), 0o555);
    chmodSync(place.directory, 0o755);
    const { read, post, command } = await view(place, ["--db", "kept/runs.db"], "", through);
    const list = read("runs");
    await list.until(({ events }) => events.length > 0);
    expect(list.events[0]?.data).toMatchObject({ isReadOnly: true, runs: [{ summary: { id: "r1" } }] });
    const reader = read("runs/r1/events");
    await reader.until(isCaughtUp);
    for (const order of ["cancel", "messages"]) {
      const body = { reason: "", isForced: true, step: "slow", channel: "steer", text: "x", key: "k" };
      expect(await post(`runs/r1/${order}`, body)).toMatchObject({ outcome: "refused" });
    }
    command.child.kill("SIGINT");
    const { code, stdout } = await command.ended;
    chmodSync(place.path("kept"), 0o755);
    chmodSync(place.path("kept/runs.db"), 0o644);
    expect(code).toBe(0);
    expect(stdout).toContain("the database is open for reading alone");
  });

  it("refuses ports that are none or taken, runs and databases that are not there, and secrets that are too short", async () => {
    const place = workplace();
    expect(await place.run(["run", place.graph("quick", [{ id: "a", shell: ":" }]), "--id", "r1"])).toMatchObject({
      code: 0,
    });
    const taken = await view(place);
    const { port } = new URL(taken.url);
    const codes = async (args: readonly string[], env = {}): Promise<unknown> => {
      const { code, stderr } = await place.run(["view", ...args], { env });
      return [code, stderr.split("\n")[0]];
    };
    expect(await codes(["--port", "70000"])).toEqual([2, expect.stringContaining("--port is a whole number")]);
    expect(await codes(["--port", port])).toEqual([1, expect.stringContaining(`Port ${port} of 127.0.0.1`)]);
    expect(await codes(["none"])).toEqual([2, expect.stringContaining("There is no run none")]);
    expect(await codes(["--db", "none.db"])).toEqual([2, expect.stringContaining("There is no database")]);
    expect(await codes([], { RUNFOLD_VIEW_TOKEN: "short" })).toEqual([2, expect.stringContaining("22 to 128")]);
  });
});

describe("runfold export --html", () => {
  it("writes one page, and replaces a file by force alone", async () => {
    const place = workplace();
    expect(
      await place.run(["run", place.graph("quick", [{ id: "a", shell: "echo '</script>'" }]), "--id", "r1"]),
    ).toMatchObject({ code: 0 });
    const written = await place.run(["export", "r1", "--html", "--output", "r1.html"]);
    expect(written).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(/^Run r1 was written to r1\.html: a page of \d+ events\.\n$/) as string,
    });
    const page = readFileSync(place.path("r1.html"), "utf8");
    const [, rest = ""] = page.split('id="recorded-run">');
    const recorded = JSON.parse(rest.slice(0, rest.indexOf("</script>"))) as { events: unknown[] };
    expect(recorded.events).toEqual(await eventsOf(place, "r1"));
    expect(await place.run(["export", "r1", "--html", "--output", "r1.html"])).toMatchObject({ code: 2 });
    expect(await place.run(["export", "r1", "--html", "--output", "r1.html", "--force"])).toMatchObject({ code: 0 });
    expect(readFileSync(place.path("r1.html"), "utf8")).toBe(page);
    expect((await place.run(["export", "r1", "--html"])).stdout.trim()).toBe(page.trim());
    expect(await place.run(["export", "r1", "--html", "--output", ".runfold/runs.db", "--force"])).toMatchObject({
      code: 2,
    });
    expect(await place.run(["export", "none", "--html", "--output", "none.html"])).toMatchObject({ code: 2 });
  });
});
