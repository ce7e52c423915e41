/** The entry point `runfold/mcp`: a runtime, or what else has runs, as a server of the Model Context Protocol. */
export { createMcpServer } from "./mcp/server.ts";
export { serveMcp } from "./mcp/serve-stdio.ts";
export { runtimeHost } from "./mcp/host.ts";
export type { HostedRuns, HostedStart, McpHost, RuntimeHostOptions } from "./mcp/host.ts";
