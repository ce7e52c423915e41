import { limits } from "runfold";

const begins = /^<<<runfold output of (\S+) begins>>>$/;

/** Everything that keeps a result of the team tool from being safe to show: halves of characters, controls, open or forged blocks, its size. */
export function faultsOf(text: string): string[] {
  const faults: string[] = [];
  const lines = text.split("\n");
  if (/\p{Cs}/u.test(text)) faults.push("half a character");
  if (/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(text.replaceAll(/[\n\t]/g, ""))) faults.push("a control character");
  if (Buffer.byteLength(text) > limits.toolTextBytesMax) faults.push(`${Buffer.byteLength(text)} bytes`);
  if (lines.length > limits.toolTextLinesMax) faults.push(`${lines.length} lines`);
  let open: string | undefined;
  for (const line of lines) {
    if (!line.startsWith("<<<runfold")) continue;
    const step = begins.exec(line)?.[1];
    if (step !== undefined && open === undefined) open = step;
    else if (step === undefined && open !== undefined && line === `<<<runfold output of ${open} ends>>>`)
      open = undefined;
    else faults.push(`a marker out of place: ${line.slice(0, 80)}`);
  }
  if (open !== undefined) faults.push(`an open block: ${open}`);
  return faults;
}
