import { isAbsolute } from "node:path";
import { quotedText } from "../domain/quoted-text.ts";
import { CommandError } from "./errors.ts";
import type { AgentOptions } from "../index.ts";

/**
 * How agents are set up for the command, as its environment says: `RUNFOLD_PI_COMMAND` is how pi is started, an absolute path or a JSON
 * list of the program and its first arguments; `RUNFOLD_PI_DIRECTORY` is the directory of settings, models and credentials that it gets
 * a copy of.
 * @throws CommandError naming the variable
 */
export function agentsHere(environment: NodeJS.ProcessEnv): AgentOptions {
  const command = environment["RUNFOLD_PI_COMMAND"] ?? "";
  const directory = environment["RUNFOLD_PI_DIRECTORY"] ?? "";
  if (directory !== "" && !isAbsolute(directory)) {
    throw invalid("RUNFOLD_PI_DIRECTORY", directory, "an absolute path, such as /home/me/.pi/agent");
  }
  return {
    pi: {
      ...(command === "" ? {} : { launcher: { command: commandOf(command) } }),
      ...(directory === "" ? {} : { agentDirectory: directory }),
    },
  };
}

function commandOf(text: string): readonly string[] {
  const command = text.startsWith("[") ? listOf(text) : [text];
  const [program] = command ?? [];
  if (command !== undefined && program !== undefined && isAbsolute(program)) return command;
  throw invalid("RUNFOLD_PI_COMMAND", text, 'an absolute path, or a list such as ["/usr/bin/node", "/opt/pi/cli.js"]');
}

function listOf(text: string): readonly string[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((part) => typeof part === "string") ? list : undefined;
  } catch {
    return undefined;
  }
}

function invalid(variable: string, value: string, expected: string): CommandError {
  return new CommandError("environment.invalid", `${variable} is ${quotedText(value)}; it must be ${expected}.`);
}
