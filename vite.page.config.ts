import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const place = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The viewer's page: one document, one script, one style sheet, with relative addresses, so that it may lie anywhere or be put into one file. */
export default defineConfig({
  root: place("src/viewer/page"),
  base: "./",
  logLevel: "warn",
  publicDir: false,
  build: {
    outDir: place("dist/viewer/page"),
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    // Beside `assets`, which alone are served: the page's own copies of libraries keep their notices wherever the package goes.
    license: { fileName: "licenses.md" },
    rolldownOptions: {
      output: { codeSplitting: false, entryFileNames: "assets/page.js", assetFileNames: "assets/page[extname]" },
    },
  },
});
