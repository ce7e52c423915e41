import { createHash } from "node:crypto";
import { RunfoldError } from "../index.ts";
import type { Page } from "./page-files.ts";

/** The built page as one document: what stands before the place of a recorded run's data, and what stands after it. */
export interface InlinePage {
  readonly before: string;
  readonly after: string;
}

const scriptTag = /<script\b[^>]*\bsrc="(?:\.?\/)?assets\/([^"]+)"[^>]*>\s*<\/script>/g;
const styleTag = /<link\b[^>]*\bhref="(?:\.?\/)?assets\/([^"]+\.css)"[^>]*>/g;
const bodyEnd = "</body>";
const charset = /<meta\b[^>]*\bcharset=[^>]*>/;

/**
 * Puts the page's script and style into its document, which then needs no other file. A policy in it allows these two by their hashes, and
 * nothing else: no other script, no request to anywhere. The licences of the libraries in it stand at its end.
 * @throws `viewer.unavailable` for a page that is not one document, one script and one style.
 */
export function inlinePage({ index, assets, licenses }: Page): InlinePage {
  const hashes = { script: "", style: "" };
  const used = new Set<string>();
  const textOf = (name: string): string => {
    used.add(name);
    const file = assets.get(name);
    if (file === undefined) throw unfit(`its document names ${name}, which is not there`);
    return file.bytes.toString("utf8");
  };
  const document = index
    .toString("utf8")
    .replaceAll(scriptTag, (_, name: string) => {
      const code = safeScript(textOf(name));
      hashes.script = hashOf(code);
      return `<script type="module">${code}</script>`;
    })
    .replaceAll(styleTag, (_, name: string) => {
      const rules = textOf(name).replaceAll(/<\/(?=style)/gi, String.raw`<\/`);
      hashes.style = hashOf(rules);
      return `<style>${rules}</style>`;
    });
  const isWhole = hashes.script !== "" && hashes.style !== "" && used.size === 2 && assets.size === 2;
  if (!isWhole) throw unfit(`it has ${assets.size} files beside its document, not one script and one style`);
  if (!charset.test(document)) throw unfit("its document does not say how it is written");
  const guarded = document.replace(charset, (tag) => `${tag}\n    ${policyTag(hashes)}`);
  const end = guarded.lastIndexOf(bodyEnd);
  if (end === -1) throw unfit("its document has no body");
  return { before: guarded.slice(0, end), after: `${licenseComment(licenses)}${guarded.slice(end)}` };
}

/** What in a script would end its element, or change how its end is found, in letters that mean the same there. */
function safeScript(code: string): string {
  return code.replaceAll(/<\/(?=script)/gi, String.raw`<\/`).replaceAll("<!--", String.raw`\x3C!--`);
}

/** A comment that no text in it ends. */
function licenseComment(licenses: string | undefined): string {
  return licenses === undefined ? "" : `<!--\n${licenses.replaceAll("--", "- -").trim()}\n-->\n`;
}

function policyTag({ script, style }: { readonly script: string; readonly style: string }): string {
  const rules = `default-src 'none'; script-src '${script}'; style-src '${style}'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'`;
  return `<meta http-equiv="Content-Security-Policy" content="${rules}">`;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function unfit(why: string): RunfoldError {
  return new RunfoldError("viewer.unavailable", `The viewer's page cannot be put into one file: ${why}.`);
}
