import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { limits, RunfoldError } from "../index.ts";

/** Where the built page lies: as far from here in `src` as it is in `dist`. */
export const builtPage = fileURLToPath(new URL("../../dist/viewer/page/", import.meta.url));

export interface PageFile {
  readonly bytes: Buffer;
  readonly type: string;
}

/** The built page, read once: what is served is looked up by its name in it, and no name ever becomes a path. */
export interface Page {
  readonly index: Buffer;
  /** By name below `assets/`. */
  readonly assets: ReadonlyMap<string, PageFile>;
  /** The licences of the libraries in it, which go wherever copies of it go. Undefined for a page that came without. */
  readonly licenses: string | undefined;
}

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

/** @throws `viewer.unavailable` where there is no built page, or it has files that no page of ours has. */
export function readPage(directory: string = builtPage): Page {
  try {
    const index = readFileSync(join(directory, "index.html"));
    const names = readdirSync(join(directory, "assets")).filter((name) => extname(name) !== ".map");
    const assets = new Map(names.map((name) => [name, fileAt(join(directory, "assets", name))]));
    const licenses = textIfThere(join(directory, "licenses.md"));
    const bytes = [...assets.values()].reduce((sum, file) => sum + file.bytes.length, index.length);
    if (assets.size > limits.viewerPageFilesMax || bytes > limits.viewerPageBytesMax) {
      throw new Error(`It has ${assets.size} files of ${bytes} bytes.`);
    }
    return { index, assets, licenses };
  } catch (cause) {
    const message = `The viewer's page in ${directory} cannot be read. Build it with npm run build, or install the package again.`;
    throw new RunfoldError("viewer.unavailable", message, { details: { directory }, cause });
  }
}

function fileAt(path: string): PageFile {
  const type = types[extname(path)];
  if (type === undefined || !statSync(path).isFile()) throw new Error(`${path} is no file of a page.`);
  return { bytes: readFileSync(path), type };
}

function textIfThere(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? undefined : readFileSync(path, "utf8");
}
