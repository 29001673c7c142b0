// Makes the schemas of Continue, LibreChat and opencode from what these programs publish or print themselves.
//
// Continue and LibreChat publish their validators, written with Zod; zod-to-json-schema, with which Continue makes its own schema,
// turns them into JSON Schema. opencode prints its interface, the form of its configuration in it.
//
//     npm install @continuedev/config-yaml@1.42.0 librechat-data-provider@0.8.524 zod-to-json-schema@3.24.5
//     npm pack opencode-linux-x64@1.18.33 && tar -xzf opencode-*.tgz && package/bin/opencode generate > opencode-openapi.json
//     node scripts/client-schemas.mjs FOLDER opencode-openapi.json 2026-11-27
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [folder, printed, date] = process.argv.slice(2);
const out = join(dirname(fileURLToPath(import.meta.url)), "../src/examples/clients");
const require = createRequire(join(resolve(folder), "package.json"));
const { zodToJsonSchema } = require("zod-to-json-schema");
const version = (name) => JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version;

const write = (name, comment, { $schema, ...schema }) => {
  const whole = { $schema, $comment: `${comment}; made by scripts/client-schemas.mjs on ${date}.`, ...schema };
  // One line for each key of the configuration.
  const table = (value) => Object.entries(value).map(([key, inner]) => `  ${JSON.stringify(key)}: ${JSON.stringify(inner)}`).join(",\n");
  const line = ([key, value]) => ["properties", "$defs"].includes(key) ? `{\n${table(value)}\n }` : JSON.stringify(value);
  const text = `{\n${Object.entries(whole).map((entry) => ` ${JSON.stringify(entry[0])}: ${line(entry)}`).join(",\n")}\n}`;
  writeFileSync(join(out, name), text + "\n");
  console.log(name, text.length);
};

// What people read in an editor is not needed to judge.
const bare = (value) => {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([key, inner]) => !["description", "default", "markdownDescription"].includes(key) || typeof inner === "object");
  return Object.fromEntries(kept.map(([key, inner]) => [key, bare(inner)]));
};
// zod-to-json-schema writes bounds of its newer target in the form of an older draft.
const bounded = (value) => {
  if (Array.isArray(value)) return value.map(bounded);
  if (value === null || typeof value !== "object") return value;
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...rest } = value;
  const bounds = {
    ...(exclusiveMinimum === true ? { exclusiveMinimum: minimum } : minimum === undefined ? {} : { minimum }),
    ...(exclusiveMaximum === true ? { exclusiveMaximum: maximum } : maximum === undefined ? {} : { maximum }),
  };
  return { ...Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, bounded(inner)])), ...bounds };
};
const converted = (schema) => bounded(bare(zodToJsonSchema(schema, { $refStrategy: "none", target: "jsonSchema2019-09" })));

const schemas = join(folder, "node_modules/@continuedev/config-yaml/dist/schemas");
const continues = await import(pathToFileURL(join(schemas, "index.js")));
const { embeddingTasksSchema } = await import(pathToFileURL(join(schemas, "models.js")));
// The names in this table are a union of words, which the converter leaves out.
const prefixes = embeddingTasksSchema.options.map((task) => task.value);
const withTasks = (value) => {
  if (Array.isArray(value)) return value.map(withTasks);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) =>
    [key, key === "embeddingPrefixes" ? { ...inner, propertyNames: { enum: prefixes } } : withTasks(inner)]));
};
write("continue.schema.json", `What @continuedev/config-yaml ${version("@continuedev/config-yaml")} takes`, withTasks(converted(continues.configYamlSchema)));

const chat = require("librechat-data-provider");
// The server reads the file with `configSchema.strict()`: keys that are unknown at the top are refused.
write("librechat.schema.json", `What librechat-data-provider ${version("librechat-data-provider")} takes`, converted(chat.configSchema.strict()));

const { components } = JSON.parse(readFileSync(printed, "utf8"));
const named = new Map();
const moved = (value) => {
  if (Array.isArray(value)) return value.map(moved);
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$ref === "string") {
    const name = value.$ref.split("/").pop();
    if (!named.has(name)) {
      named.set(name, undefined);
      named.set(name, moved(components.schemas[name]));
    }
    return { $ref: `#/$defs/${name}` };
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, moved(inner)]));
};
const root = bare(moved(components.schemas.Config));
write("opencode.schema.json", "What opencode 1.18.33 prints of its configuration", {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  ...root,
  $defs: bare(Object.fromEntries([...named].sort(([one], [other]) => (one < other ? -1 : 1)))),
});
