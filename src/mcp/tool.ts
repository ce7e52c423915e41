import {
  fromJsonSchema,
  isInputRequiredResult,
  type InputRequiredResult,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { readArguments, schemaOf, type Arguments, type Fields, type JsonSchema } from "./fields.ts";
import type { McpHost } from "./host.ts";
import { problemOf, problemText, Refusal } from "./problem.ts";
import type { CallToolResult } from "@modelcontextprotocol/server";

/** What a tool gives: the same to programs and to models. */
export interface ToolAnswer {
  /** JSON that fits the tool's output schema; what is undefined in it is left out. */
  readonly structured: object;
  readonly text: string;
  /** Resources of this server that say more. */
  readonly links?: readonly ResourceLink[];
  /** An answer that is none: what was asked for did not come about. */
  readonly isError?: true;
}

export interface ResourceLink {
  readonly uri: string;
  readonly name: string;
}

export interface ToolCall {
  readonly host: McpHost;
  readonly server: McpServer;
  readonly context: ServerContext;
}

export interface Tool<Given extends Fields> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly fields: Given;
  /** Properties of what it gives, and which of them are always there. */
  readonly output: { readonly properties: JsonSchema; readonly required: readonly string[] };
  readonly hints: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
  readonly call: (given: Arguments<Given>, call: ToolCall) => Promise<ToolAnswer | InputRequiredResult>;
}

/** Offers a tool to a server's client. Whatever goes wrong in it is a result that the model can act on. */
export function offer<Given extends Fields>(server: McpServer, host: McpHost, tool: Tool<Given>): void {
  const { name, title, description, fields, output, hints, call } = tool;
  const outputSchema = fromJsonSchema({
    type: "object",
    properties: { ...output.properties, error: errorSchema },
    // An error that brings its words in the same form fits too: some clients check those as well.
    anyOf: [{ required: [...output.required] }, { required: ["error"] }],
  });
  server.registerTool(
    name,
    { title, description, inputSchema: unchecked(schemaOf(fields)), outputSchema, annotations: hints },
    async (given, context) => {
      try {
        const read = readArguments(fields, given);
        if ("findings" in read) throw wrongArguments(name, fields, read.findings);
        const answer = await call(read.arguments, { host, server, context });
        return isInputRequiredResult(answer) ? answer : resultOf(answer);
      } catch (error) {
        // Nobody waits for the answer any more.
        if (context.mcpReq.signal.aborted) throw error;
        const problem = problemOf(error);
        if (problem.code === "bug") host.onProblem?.(error);
        return resultOf({ structured: { error: problem }, text: problemText(problem), isError: true });
      }
    },
  );
}

const errorSchema: JsonSchema = {
  type: "object",
  description: "In place of the answer: why there is none, and what to do.",
  properties: {
    code: { type: "string" },
    message: { type: "string" },
    repair: { type: "string" },
    diagnostics: { type: "array", items: { type: "object" } },
    omittedDiagnostics: { type: "integer" },
  },
  required: ["code", "message", "repair"],
};

function resultOf({ structured, text, links = [], isError }: ToolAnswer): CallToolResult {
  return {
    content: [{ type: "text", text }, ...links.map(({ uri, name }) => ({ type: "resource_link" as const, uri, name }))],
    // As it will be on the wire, so that what is checked is what is sent.
    structuredContent: JSON.parse(JSON.stringify(structured)) as Record<string, unknown>,
    ...(isError === undefined ? {} : { isError }),
  };
}

function wrongArguments(name: string, fields: Fields, findings: readonly string[]): Refusal {
  const known = Object.entries(fields).map(([field, { isRequired }]) => (isRequired ? field : `${field}?`));
  return new Refusal(
    "arguments.invalid",
    `${name} was called with arguments that do not fit. ${findings.join(" ")}`,
    `Call it again with { ${known.join(", ")} } as its schema says.`,
  );
}

/** The schema for clients. The tool reads its arguments itself, because its words help a model more than a validator's. */
function unchecked(schema: JsonSchema) {
  return {
    "~standard": {
      version: 1 as const,
      vendor: "runfold",
      jsonSchema: { input: () => ({ ...schema }), output: () => ({ ...schema }) },
      validate: (value: unknown) => ({ value }),
    },
  };
}
