// Writes the structure of OpenClaw's configuration schema, as the program prints it, without its prose.
//
//   npm install openclaw@2026.9.6          in an empty folder, Node 24 or newer
//   node openclaw-schema.mjs FOLDER OUTPUT DATE
//
// FOLDER holds `node_modules/openclaw`; DATE (YYYY-MM-DD) stands in the file, so that the same input gives the
// same bytes. The program runs in an empty home of its own.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [folder, output, date] = process.argv.slice(2);
if (!folder || !output || !/^\d{4}-\d\d-\d\d$/.test(date ?? "")) {
  console.error("usage: node openclaw-schema.mjs FOLDER OUTPUT YYYY-MM-DD");
  process.exit(2);
}

const program = join(folder, "node_modules", "openclaw");
const { version } = JSON.parse(readFileSync(join(program, "package.json"), "utf8"));
const home = mkdtempSync(join(tmpdir(), "openclaw-schema-"));
const printed = spawnSync(process.execPath, [join(program, "openclaw.mjs"), "config", "schema"], {
  encoding: "utf8",
  env: { PATH: process.env.PATH, HOME: home, USERPROFILE: home },
  maxBuffer: 64 << 20,
});
rmSync(home, { recursive: true, force: true });
if (printed.status !== 0) {
  console.error(printed.stderr);
  process.exit(3);
}

/** Keywords whose value is one schema, a list of schemas, and a map of schemas. */
const ONE = ["additionalItems", "additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"];
const LIST = ["allOf", "anyOf", "items", "oneOf", "prefixItems"];
const MAP = ["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"];
/** Keywords that are kept as they are; all others are prose or hints for forms. */
const PLAIN = [
  "$ref", "$schema", "const", "default", "dependentRequired", "enum", "exclusiveMaximum", "exclusiveMinimum", "format",
  "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum", "multipleOf",
  "pattern", "required", "type", "uniqueItems",
];

/** The schema without prose, its keywords in a fixed order and its properties in the order of the program. */
function structure(schema) {
  if (typeof schema === "boolean") return schema;
  const result = {};
  for (const keyword of Object.keys(schema).sort()) {
    const value = schema[keyword];
    if (PLAIN.includes(keyword)) result[keyword] = value;
    else if (LIST.includes(keyword) && Array.isArray(value)) result[keyword] = value.map(structure);
    else if (ONE.includes(keyword)) result[keyword] = structure(value);
    else if (MAP.includes(keyword)) {
      result[keyword] = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, structure(inner)]));
    }
  }
  return result;
}

/** Calls `visit` with every schema inside of one, the schema itself last. */
function walk(schema, visit) {
  if (typeof schema !== "object") return;
  for (const [keyword, value] of Object.entries(schema)) {
    if (MAP.includes(keyword)) Object.values(value).forEach((inner) => walk(inner, visit));
    else if (LIST.includes(keyword) && Array.isArray(value)) value.forEach((inner) => walk(inner, visit));
    else if (ONE.includes(keyword)) walk(value, visit);
  }
  visit(schema);
}

/** A schema that holds a reference keeps its place: where the reference leads may depend on it. */
function isMovable(schema) {
  let movable = true;
  walk(schema, (inner) => (movable &&= !("$ref" in inner || "$defs" in inner || "definitions" in inner)));
  return movable;
}

/** Schemas that stand in many places move into `$defs` of the root, the first one met being `s1`. */
function shared(root) {
  const texts = new Map();
  const counts = new Map();
  walk(root, (schema) => {
    if (!isMovable(schema)) return;
    const text = JSON.stringify(schema);
    texts.set(schema, text);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  });
  const names = new Map();
  const definitions = {};
  const replace = (schema) => {
    if (typeof schema !== "object") return schema;
    const text = texts.get(schema);
    const often = schema !== root && text !== undefined && text.length > 60 && counts.get(text) > 1;
    if (!often) return inside(schema);
    if (!names.has(text)) {
      const name = `s${names.size + 1}`;
      names.set(text, name);
      definitions[name] = {};
      definitions[name] = inside(schema);
    }
    return { $ref: `#/$defs/${names.get(text)}` };
  };
  const inside = (schema) => {
    const result = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (MAP.includes(keyword)) {
        result[keyword] = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, replace(inner)]));
      } else if (LIST.includes(keyword) && Array.isArray(value)) result[keyword] = value.map(replace);
      else if (ONE.includes(keyword)) result[keyword] = replace(value);
      else result[keyword] = value;
    }
    return result;
  };
  const result = replace(root);
  return { ...result, $defs: { ...result.$defs, ...definitions } };
}

const { $schema, ...rest } = shared(structure(JSON.parse(printed.stdout)));
const $comment = `The structure of what \`openclaw config schema\` of OpenClaw ${version} prints, without its prose; made by scripts/openclaw-schema.mjs on ${date}.`;
const entries = ([name, value]) => `"${name}":${JSON.stringify(value)}`;
// A line for each definition and each top-level key, so that two versions can be compared.
const lines = (value) => `{\n${Object.entries(value).map(entries).join(",\n")}\n}`;
const { $defs, properties, ...head } = rest;
writeFileSync(
  output,
  `{\n"$schema":${JSON.stringify($schema)},\n"$comment":${JSON.stringify($comment)},\n` +
    `${Object.entries(head).map(entries).join(",\n")},\n"properties":${lines(properties)},\n"$defs":${lines($defs)}\n}\n`,
);
