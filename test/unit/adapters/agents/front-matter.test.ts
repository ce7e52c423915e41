import { describe, expect, it } from "vitest";
import { frontMatter } from "../../../../src/adapters/executors/agents/front-matter.ts";
import { limits } from "../../../../src/domain/limits.ts";

const file = (yaml: string): string => `---\n${yaml}\n---\nThe body.\n`;

describe("the front matter of an agent file", () => {
  it("is read up to its limit, and not parsed beyond", () => {
    const comment = (chars: number): string => `name: a\n#${"x".repeat(chars - 10)}`;
    expect(frontMatter(file(comment(limits.agentFrontMatterCharsMax)))).toMatchObject({ body: "The body." });
    expect(frontMatter(file(comment(limits.agentFrontMatterCharsMax + 1)))).toBe(
      `Its front matter has more than ${limits.agentFrontMatterCharsMax} characters.`,
    );
  });

  it("leaves as much room as a file has for the body", () => {
    const body = "x".repeat(100_000);
    expect(frontMatter(`---\nname: a\n---\n${body}`)).toMatchObject({ body });
  });

  it("that cannot be parsed is told with the place of its first error", () => {
    const told = frontMatter(file(`name: a\ntags: ]${"]".repeat(10_000)}`));
    expect(told).toMatch(/^Its front matter cannot be read: .* at line 2, column 7\.$/);
  });
});
