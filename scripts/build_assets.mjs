// Builds the front end into static/dist: one .css per top-level assets/scss/*.scss that is no partial (_name.scss),
// one classic script per top-level assets/js/*.js. Quiet when all is well; exits with 1 and the reason when not.
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";
import * as sass from "sass";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = join(root, "static", "dist");

// Old phones and the browsers inside city apps: esbuild lowers newer CSS and adds the prefixes these still need.
const browsers = ["chrome80", "safari13.1", "firefox78"];

// Bootstrap 5.3 is written with @import and the global colour functions; it is ours to silence, not to mend.
const bootstrapHabits = ["import", "global-builtin", "color-functions", "if-function"];

async function entries(folder, extension) {
  const names = await readdir(join(root, folder)).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => name.endsWith(extension) && !name.startsWith("_")).map((name) => join(root, folder, name));
}

async function buildStyle(source) {
  const { css } = await sass.compileAsync(source, {
    loadPaths: [join(root, "node_modules")],
    quietDeps: true,
    silenceDeprecations: bootstrapHabits,
  });
  const { code } = await esbuild.transform(css, { loader: "css", minify: true, target: browsers, legalComments: "none" });
  const file = `${basename(source, ".scss")}.css`;
  await writeFile(join(out, file), code);
  return [file];
}

async function buildScripts(sources) {
  if (sources.length === 0) return [];
  await esbuild.build({
    entryPoints: sources,
    outdir: out,
    bundle: true,
    format: "iife",
    minify: true,
    target: "es2019",
    legalComments: "none",
    logLevel: "warning",
  });
  return sources.map((source) => basename(source));
}

async function forgetOldFiles(current) {
  const names = await readdir(out);
  await Promise.all(names.filter((name) => !current.includes(name)).map((name) => rm(join(out, name), { recursive: true })));
}

try {
  await mkdir(out, { recursive: true });
  const [styles, scripts] = await Promise.all([entries("assets/scss", ".scss"), entries("assets/js", ".js")]);
  const built = await Promise.all([...styles.map(buildStyle), buildScripts(scripts)]);
  await forgetOldFiles(built.flat());
} catch (error) {
  // esbuild has printed its own errors already; sass brings the place and the line in its message.
  if (!error.errors) console.error(error.message);
  process.exitCode = 1;
}
