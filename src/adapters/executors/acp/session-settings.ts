import { isRecord, type Fields } from "../../../domain/fields.ts";

/** Something that a session is to be set to. */
export interface Setting {
  readonly what: "model" | "mode" | "thinking";
  readonly value: string;
}

export interface SettingRequest {
  readonly method: string;
  readonly params: object;
}

/** What the options of a session call themselves, by id or category. */
const optionNames: Readonly<Record<Setting["what"], readonly string[]>> = {
  model: ["model"],
  mode: ["mode"],
  thinking: ["thought_level", "thinking", "reasoning_effort"],
};

/**
 * How to set it in a session that was opened with this answer; "set" where it is so already, undefined where it is not offered.
 * Options of a session come first; the older lists of modes and models are for agents that have nothing else.
 */
export function settingRequest({ what, value }: Setting, session: Fields): SettingRequest | "set" | undefined {
  for (const option of recordsIn(session["configOptions"])) {
    const names = [option["id"], option["category"]];
    if (!optionNames[what].some((name) => names.includes(name)) || !valuesOf(option).includes(value)) continue;
    if (option["currentValue"] === value) return "set";
    return { method: "session/set_config_option", params: { configId: option["id"], value } };
  }
  if (what === "mode") return fromList(session["modes"], "Mode", value, "session/set_mode");
  if (what === "model") return fromList(session["models"], "Model", value, "session/set_model");
  return undefined;
}

/** `{ availableModes: [{ id }], currentModeId }`, and `{ availableModels: [{ modelId }], currentModelId }`. */
function fromList(
  list: unknown,
  noun: "Mode" | "Model",
  value: string,
  method: string,
): SettingRequest | "set" | undefined {
  if (!isRecord(list)) return undefined;
  const key = `${noun.toLowerCase()}Id`;
  if (list[`current${noun}Id`] === value) return "set";
  const isOffered = recordsIn(list[`available${noun}s`]).some((entry) => entry["id"] === value || entry[key] === value);
  return isOffered ? { method, params: { [key]: value } } : undefined;
}

/** The values of an option that is a list, or a list of groups of them. */
function valuesOf(option: Fields): readonly unknown[] {
  return recordsIn(option["options"]).flatMap((entry) =>
    "options" in entry ? recordsIn(entry["options"]).map(({ value }) => value) : [entry["value"]],
  );
}

function recordsIn(list: unknown): readonly Fields[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}
