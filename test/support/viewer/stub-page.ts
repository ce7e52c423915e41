import { placeWith } from "../scratch-places.ts";

export const stubScript = 'document.title = "<!--<script>";\nconsole.log("</scr" + "ipt>");\n';
export const stubStyle = "body { color: #123; }\n";

/** A page as the build makes it, but tiny; removed after the test. */
export function stubPage(files: Readonly<Record<string, string>> = {}): string {
  return placeWith({
    "index.html": `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Runfold</title>
    <script type="module" crossorigin src="./assets/index-abc123.js"></script>
    <link rel="stylesheet" crossorigin href="./assets/index-abc123.css">
  </head>
  <body><div id="app"></div></body>
</html>
`,
    "assets/index-abc123.js": stubScript,
    "assets/index-abc123.css": stubStyle,
    ...files,
  });
}
