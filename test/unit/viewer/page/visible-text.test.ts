import * as fc from "fast-check";
import { expect, it } from "vitest";
import { visibleLine, visibleText } from "../../../../src/viewer/page/text/visible-text.ts";

it("shows what cannot be seen by a sign, and leaves all else as it is", () => {
  expect(visibleLine("plain – ünïcode 👍🏽 日本")).toBe("plain – ünïcode 👍🏽 日本");
  expect(visibleLine("\u001b[1m\n\t\u007f")).toBe("\u27e8ESC\u27e9[1m\u27e8LF\u27e9\u27e8TAB\u27e9\u27e8DEL\u27e9");
  expect(visibleLine("a\u202eb\u200bc")).toBe("a\u27e8U+202E\u27e9b\u27e8U+200B\u27e9c");
  expect(visibleLine("\ud800x\u{e0041}")).toBe("\u27e8U+D800\u27e9x\u27e8U+E0041\u27e9");
  expect(visibleText("one\r\ntwo\tthree\rfour")).toBe("one\ntwo\tthree\u27e8CR\u27e9four");
});

it("lets no text through that steers the page, whatever it is made of", () => {
  const steering = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/u;
  const any = fc.array(fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)));
  fc.assert(
    fc.property(any, (parts) => {
      const text = parts.join("");
      expect(steering.test(visibleLine(text))).toBe(false);
      expect(steering.test(visibleText(text).replaceAll(/[\n\t]/g, ""))).toBe(false);
    }),
  );
});
