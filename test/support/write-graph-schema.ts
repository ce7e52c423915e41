import { writeFileSync } from "node:fs";
import { graphJsonSchemaText } from "./graph-json-schema.ts";

writeFileSync(new URL("../../schema/graph.schema.json", import.meta.url), graphJsonSchemaText());
