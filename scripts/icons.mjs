// Writes the icons of the theme as one text: `node scripts/icons.mjs LUCIDE OLDER > src/render/icons/lucide.txt`.
//
// LUCIDE and OLDER are unpacked folders of the npm package `lucide-static` (ISC; some icons MIT, from Feather):
// the newest version, and 0.577.0, the last one with the icons of brands, from which only those are taken that the
// newest one lacks. A line is `name`, a tab, and what stands inside the `<svg>`; or `=name`, where that icon has the
// same lines. The lines are in order, so that a name is found by halving.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [newest, older] = process.argv.slice(2);
if (!newest || !older) {
  console.error("usage: node scripts/icons.mjs LUCIDE OLDER");
  process.exit(2);
}

const icons = new Map();
for (const folder of [newest, older]) {
  const names = readdirSync(join(folder, "icons")).filter((file) => file.endsWith(".svg")).sort();
  for (const file of names) {
    const name = file.slice(0, -4);
    if (icons.has(name)) continue;
    const text = readFileSync(join(folder, "icons", file), "utf8").replace(/<!--.*?-->/gs, "");
    const inner = text.slice(text.indexOf(">", text.indexOf("<svg")) + 1, text.lastIndexOf("</svg>"));
    icons.set(name, inner.replace(/\s*\n\s*/g, "").replace(/\s+\/>/g, "/>").trim());
  }
}

// Old names of an icon are files of their own; the name that sorts first among those of the newest names is kept.
const tags = JSON.parse(readFileSync(join(newest, "tags.json"), "utf8"));
const first = new Map();
for (const name of [...icons.keys()].sort((one, other) => (other in tags) - (one in tags) || (one < other ? -1 : 1))) {
  if (!first.has(icons.get(name))) first.set(icons.get(name), name);
}
const lines = [...icons.keys()].map((name) => {
  const inner = icons.get(name);
  return first.get(inner) === name ? `${name}\t${inner}` : `${name}\t=${first.get(inner)}`;
});
lines.sort((one, other) => (one.split("\t")[0] < other.split("\t")[0] ? -1 : 1));
process.stdout.write(`${lines.join("\n")}\n`);
