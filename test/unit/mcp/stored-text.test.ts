import { expect, test } from "vitest";
import { memoryArtifacts, type ArtifactStore } from "runfold";
import { storedText } from "../../../src/mcp/stored-text.ts";

const place = "r1";

async function spilled(
  bytes: Uint8Array,
): Promise<{ artifacts: ArtifactStore; stored: Parameters<typeof storedText>[0] }> {
  const artifacts = memoryArtifacts();
  const writer = await artifacts.create(place, "a.1.stdout.txt");
  await writer.write(bytes);
  const artifact = await writer.commit();
  return {
    artifacts,
    stored: { value: { stdout: "" }, spilled: [{ pointer: "/stdout", artifact, encoding: "text" }] },
  };
}

test("bytes that are no text grow as they are made one, and a cut of what they became is told", async () => {
  const { artifacts, stored } = await spilled(new Uint8Array(1_000).fill(0xff));
  const options = { isCommand: true, keeps: "start" } as const;
  const part = await storedText(stored, { artifacts, place }, { ...options, bytesMax: 2_000 });
  expect(part).toMatchObject({ bytes: 1_000, isCut: true });
  expect(Buffer.byteLength(part.text)).toBeLessThanOrEqual(2_000);
  const whole = await storedText(stored, { artifacts, place }, { ...options, bytesMax: 3_000 });
  expect(whole).toEqual({ text: "\ufffd".repeat(1_000), bytes: 1_000, isCut: false });
});

test.each(["start", "end"] as const)(
  "of a long text the %s is given, whatever pieces it is stored in",
  async (keeps) => {
    const text = Array.from({ length: 50_000 }, (_, line) => `é${line}`).join("\n");
    const { artifacts, stored } = await spilled(Buffer.from(text));
    const part = await storedText(stored, { artifacts, place }, { isCommand: true, keeps, bytesMax: 1_001 });
    expect(part).toMatchObject({ bytes: Buffer.byteLength(text), isCut: true });
    expect(keeps === "start" ? text.startsWith(part.text) : text.endsWith(part.text)).toBe(true);
    expect(Buffer.byteLength(part.text)).toBeGreaterThanOrEqual(1_000);
  },
);
