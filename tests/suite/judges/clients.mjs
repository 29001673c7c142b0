// Judges configurations as Continue and LibreChat do, with the validators that they publish.
//
//     node clients.mjs FOLDER        the folder into which the packages were installed
//
// Reads lines of {"client", "text"}; answers each with one line: null where the program takes it, else its complaint.
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const folder = resolve(process.argv[2]);
const require = createRequire(join(folder, "package.json"));
const { configYamlSchema } = await import(pathToFileURL(join(folder, "node_modules/@continuedev/config-yaml/dist/schemas/index.js")));
const { configSchema } = require("librechat-data-provider");
const yaml = require("yaml");
const jsYaml = require("js-yaml");

const judges = {
  continue: (text) => configYamlSchema.safeParse(yaml.parse(text)),
  librechat: (text) => configSchema.strict().safeParse(jsYaml.load(text)),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { client, text } = JSON.parse(line);
  let complaint = null;
  try {
    const { error } = judges[client](text);
    complaint = error ? error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ") : null;
  } catch (error) {
    complaint = String(error).split("\n")[0];
  }
  console.log(JSON.stringify(complaint));
}
