// SPDX-License-Identifier: Apache-2.0
// build.mjs - bundles the preview, and writes it as C for the server: node build.mjs OUT_DIR.
//
// The app is one script and one style sheet.  What only some documents need (mathematics, Vega,
// Plotly) is a part: a script of its own, loaded when the first output asks for it.  Every script
// is classic, so that the same bytes work from the server, inside a static page and in a webview.
// Writes OUT_DIR/*.{html,js,css,txt} and OUT_DIR/preview_assets.c, which includes their bytes.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? "build/preview");

const MIME = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  txt: "text/plain; charset=utf-8",
  svg: "image/svg+xml",
};

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: !process.env.PREVIEW_DEBUG,
  charset: "utf8",
  format: "iife",
  target: ["chrome100", "firefox100", "safari15.4"],
  legalComments: "none", // licenses.txt has them
  define: { "process.env.NODE_ENV": '"production"' },
  metafile: true,
  write: true,
  logLevel: "warning",
};

// KaTeX comes with three formats of each font; every browser we run in reads woff2.
const woff2Only = {
  name: "woff2-only",
  setup(b) {
    b.onLoad({ filter: /katex(\.min)?\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/,\s*url\([^)]*\.(woff|ttf)\)\s*format\([^)]*\)/g, ""),
      loader: "css",
    }));
  },
};

// `import css from "inline:x.css"`: a bundled style sheet as a string, its fonts inside.
const inlineCss = {
  name: "inline-css",
  setup(b) {
    b.onResolve({ filter: /^inline:/ }, ({ path }) => ({ path: path.slice(7), namespace: "inline" }));
    b.onLoad({ filter: /.*/, namespace: "inline" }, async ({ path }) => {
      const result = await build({
        ...common,
        stdin: { contents: `@import "${path}";`, loader: "css", resolveDir: here },
        loader: { ".woff2": "dataurl" },
        plugins: [woff2Only],
        write: false,
      });
      return { contents: result.outputFiles[0].text, loader: "text", resolveDir: here };
    });
  },
};

const scripts = [
  // The plug-in that reads mathematics imports KaTeX, which the app leaves to the part.
  { name: "app", entry: "src/main.tsx", options: { alias: { katex: "./src/render/no_katex.ts" } } },
  { name: "math", entry: "parts/math.ts", options: { plugins: [inlineCss] } },
  { name: "vega", entry: "parts/vega.ts" },
  { name: "plotly", entry: "parts/plotly.ts" },
];

async function bundle() {
  const inputs = new Set();
  const all = scripts.map(({ name, entry, options }) =>
    build({ ...common, ...options, entryPoints: { [name]: entry }, outdir: out }),
  );
  all.push(build({ ...common, entryPoints: { app: "styles/app.css" }, outdir: out }));
  for (const result of await Promise.all(all))
    for (const input of Object.keys(result.metafile.inputs)) inputs.add(input);
  return inputs;
}

// The licence of every package that got in.
function licences(inputs) {
  const packages = new Set(["katex"]); // also its fonts, which come by way of a nested build
  for (const input of inputs) {
    const found = input.match(/.*node_modules\/((@[^/]+\/)?[^/]+)/);
    if (found) packages.add(found[1]);
  }
  const text = [...packages].sort().map((name) => {
    const folder = join(here, "../../node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
    const body = file ? readFileSync(join(folder, file), "utf8").trim() : "(see the package)";
    return `${name} ${version} (${license})\n${"-".repeat(72)}\n${body}\n`;
  });
  return `The preview of Relight contains the following software.\n\n${text.join("\n\n")}`;
}

function cSource(files) {
  const rows = files.map((path, i) => {
    const bytes = readFileSync(join(out, path));
    const etag = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    const mime = MIME[path.split(".").pop()];
    return { path, i, etag, mime, size: bytes.length, absolute: JSON.stringify(join(out, path)).slice(1, -1) };
  });
  const included = rows.map(
    ({ i, absolute }) => `__asm__(SECTION "asset_${i}: .incbin \\"${absolute}\\"\\n" PREVIOUS);
extern const unsigned char a${i}[] __asm__("asset_${i}");`,
  );
  const table = rows.map(
    ({ path, i, etag, mime, size }) => `    {"${path}", "${mime}", "\\"${etag}\\"", a${i}, ${size}, false},`,
  );
  return `/* preview_assets.c - made by editors/preview/build.mjs: the files of the preview. */
#include "server/preview_assets.h"

#ifdef __APPLE__
#define SECTION ".const_data\\n"
#define PREVIOUS ".text\\n"
#else
#define SECTION ".pushsection .rodata\\n"
#define PREVIOUS ".popsection\\n"
#endif
${included.join("\n")}

const struct preview_asset preview_assets[] = {
${table.join("\n")}
};
const size_t preview_asset_count = sizeof preview_assets / sizeof *preview_assets;
`;
}

mkdirSync(out, { recursive: true });
writeFileSync(join(out, "licenses.txt"), licences(await bundle()));
for (const file of ["index.html", "frame.html", "static.html", "icon.svg"])
  writeFileSync(join(out, file), readFileSync(join(here, file)));
const files = ["index.html", "frame.html", "static.html", "icon.svg", "app.css", "licenses.txt", ...scripts.map((s) => `${s.name}.js`)];
writeFileSync(join(out, "preview_assets.c"), cSource(files.sort()));
