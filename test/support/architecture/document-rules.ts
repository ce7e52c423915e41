import { existsSync } from "node:fs";
import { join } from "node:path";
import type { SourceFile } from "./source-file.ts";

/** Relative links of Markdown that lead nowhere: to no file, or to no heading of one. */
export function linkViolations(root: string, pages: readonly SourceFile[]): string[] {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  return pages.flatMap((page) => {
    const prose = page.text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
    const links = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)/g), ...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)];
    return links.flatMap(([, link]) => {
      if (/^[a-z][a-z+.-]*:/i.test(link!)) return [];
      const [file, anchor] = link!.split("#") as [string, string | undefined];
      const target = file === "" ? page.path : join(page.path, "..", decodeURIComponent(file));
      if (target.startsWith("..") || !existsSync(join(root, target))) {
        return [`${page.path} links to ${link}, which is not there: repair the path, or write the page`];
      }
      const other = byPath.get(target);
      if (anchor === undefined || other === undefined || anchorsOf(other.text).has(anchor)) return [];
      return [`${page.path} links to ${link}, but ${target} has no such heading: repair the part after #`];
    });
  });
}

/** Headings as they stand in a page, without their marks. */
export function headingsOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, "");
  return [...prose.matchAll(/^#{1,6}\s+(.+?)\s*$/gm)].map(([, heading]) => heading!);
}

function anchorsOf(text: string): Set<string> {
  return new Set(
    headingsOf(text).map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replace(/\s/g, "-"),
    ),
  );
}
