import { toJsonSchema } from "@valibot/to-json-schema";
import { graphFields } from "../../src/adapters/graphs/graph-fields.ts";
import { graphSchema } from "../../src/adapters/graphs/graph-schema.ts";

type Node = Record<string, unknown>;

/**
 * The published JSON Schema of a graph, as the text of its file: the shape from the valibot schema, the words from the table of
 * fields. Write it with `npx tsx test/support/write-graph-schema.ts`.
 */
export function graphJsonSchemaText(): string {
  const made = toJsonSchema(graphSchema, {
    target: "draft-2020-12",
    typeMode: "output",
    // JSON Schema cannot say these; what it can say of them stands beside them in the schema.
    ignoreActions: ["check", "raw_check"],
  });
  return `${JSON.stringify(described(made as Node, ""), undefined, 2)}\n`;
}

function described(node: Node, path: string): Node {
  const below = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const words = (graphFields as Record<string, { title: string; description: string }>)[path];
  if (words === undefined) throw new Error(`The field "${path}" of the schema has no words in the table of fields.`);
  const { $schema, properties, items, additionalProperties, ...rest } = node;
  return {
    ...($schema === undefined ? {} : { $schema }),
    title: words.title,
    description: words.description,
    ...rest,
    ...(properties === undefined ? {} : { properties: describedAll(properties as Record<string, Node>, below) }),
    ...(items === undefined ? {} : { items: described(items as Node, below("*")) }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === "object"
              ? described(additionalProperties as Node, below("*"))
              : additionalProperties,
        }),
  };
}

function describedAll(properties: Record<string, Node>, below: (name: string) => string): Record<string, Node> {
  return Object.fromEntries(Object.entries(properties).map(([name, node]) => [name, described(node, below(name))]));
}
