import { afterEach, expect } from "vitest";
import { ModelServer } from "./model-server.ts";
import type { Script } from "./script.ts";

/** Model servers that are closed when their test ends; what was asked of them without a script to answer fails the test. */
export function modelServers(): (scripts?: Readonly<Record<string, Script>>) => Promise<ModelServer> {
  const open: ModelServer[] = [];
  afterEach(async () => {
    const servers = open.splice(0);
    for (const server of servers) await server.close();
    expect(servers.flatMap(({ mistakes }) => mistakes)).toEqual([]);
  });
  return async (scripts = {}) => {
    const server = await ModelServer.open(scripts);
    open.push(server);
    return server;
  };
}
