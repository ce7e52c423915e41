import type { Fields } from "../../../domain/fields.ts";
import { fieldsOf, textField } from "./pi-records.ts";

/**
 * What is wrong with the model that pi uses, or undefined. pi starts all the same: for a name that its provider does not list it writes
 * a warning to stderr and takes it as it is.
 */
export function modelProblem(state: Fields, stderr: string, wanted: string): string | undefined {
  const model = fieldsOf(state, "model");
  const id = textField(model, "id");
  if (id === undefined) return `pi has no model, though ${wanted} was asked for.`;
  if (/using custom model id/i.test(stderr)) return `pi does not know the model ${wanted} and tries it as it is named.`;
  const used = `${textField(model, "provider") ?? ""}/${id}`;
  return used.toLowerCase().includes(nameOf(wanted))
    ? undefined
    : `pi uses the model ${used}, though ${wanted} was asked for.`;
}

/** A model may be asked for by a part of its name, and with how much it is to think: `sonnet:high`. */
function nameOf(wanted: string): string {
  return wanted.toLowerCase().replace(/:(?:off|minimal|low|medium|high|xhigh|max)$/, "");
}
