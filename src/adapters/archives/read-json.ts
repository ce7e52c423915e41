/** The value of a JSON text. `refusal` makes the error for a text that is none, or is nested too deeply to be read. */
export function parsed(text: string, refusal: (cause: unknown) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refusal(error);
  }
}

/** A value as JSON; undefined for one that is nested too deeply to be written, although it could be read. */
export function written(write: () => string): string | undefined {
  try {
    return write();
  } catch {
    return undefined;
  }
}
