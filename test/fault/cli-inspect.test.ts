import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../support/eventually.ts";
import { jsonLines, workplaces } from "./cli-process.ts";
import type { RunningCommand } from "./cli-process.ts";

const workplace = workplaces();

interface Address {
  readonly run: string;
  readonly pageUrl: string;
  readonly webSocketUrl: string;
}

async function addressOf({ child }: RunningCommand): Promise<Address> {
  let text = "";
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return jsonLines(text)[0] as unknown as Address;
}

interface Message {
  readonly type: string;
  readonly sessionId: string;
  readonly event?: { readonly emits: string };
}

function connect(url: string): { readonly socket: WebSocket; readonly received: Message[] } {
  const socket = new WebSocket(url);
  const received: Message[] = [];
  socket.on("message", (data: Buffer) => received.push(JSON.parse(data.toString()) as Message));
  onTestFinished(() => socket.terminate());
  return { socket, received };
}

const tells = (received: readonly Message[], type: string): boolean =>
  received.some(({ event }) => event?.emits === type);

describe("runfold inspect", () => {
  it("shows a run of another process while it goes on, the same after its end, and ends with Ctrl-C", async () => {
    const place = workplace();
    const graph = place.graph("held", [
      { id: "first", shell: "echo one" },
      { id: "last", shell: "until [ -e go ]; do sleep 0.05; done", needs: ["first"] },
    ]);
    const run = place.start(["run", graph, "--id", "r1"]);
    await run.until("last");
    const inspect = place.start(["inspect", "r1", "--json"]);
    const { pageUrl, webSocketUrl, run: named } = await addressOf(inspect);
    expect([named, new URL(pageUrl).hostname]).toEqual(["r1", "127.0.0.1"]);
    const live = connect(webSocketUrl);
    await eventually(() => tells(live.received, "step.succeeded"), "the first step's end is shown");
    expect(tells(live.received, "run.settled")).toBe(false);
    writeFileSync(place.path("go"), "");
    expect((await run.ended).code).toBe(0);
    await eventually(() => tells(live.received, "run.settled"), "the run's end is shown");
    await eventually(() => live.received.at(-1)?.type === "@xstate.snapshot", "its last snapshot is there");

    const recorded = connect(webSocketUrl);
    await eventually(() => recorded.received.length >= live.received.length, "a late client is told everything");
    expect(recorded.received).toEqual(live.received);
    const closed = once(live.socket, "close");
    inspect.child.kill("SIGINT");
    expect((await inspect.ended).code).toBe(0);
    await closed;
  });

  it("says what an option may be", async () => {
    const place = workplace();
    await place.run(["run", place.graph("one", [{ id: "one", shell: ":" }]), "--id", "r1"]);
    for (const [option, said] of [
      ["--steps=none", "runfold: --steps is one of all, active, failed, picked"],
      ["--steps=picked", "runfold: --steps picked shows those that --pick names"],
      ["--pick=one,two", 'has no step "two"'],
      ["--max=0", "runfold: --max is a whole number from 1"],
      ["--speed=fast", "--speed takes a number"],
      ["--speed=0", "A speed is a number above 0"],
      ["--port=70000", "A port is a whole number"],
      ["--ui=file:///etc/passwd", "begins with https://"],
    ] as const) {
      const { code, stderr } = await place.run(["inspect", "r1", option]);
      expect([option, code]).toEqual([option, 2]);
      expect(stderr).toContain(said);
    }
    expect((await place.run(["inspect", "r2"])).code).toBe(2);
  });
});
