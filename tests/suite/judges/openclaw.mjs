// The judge of OpenClaw's configurations: what `openclaw config validate` calls, in one process for as many as are given.
//
//   node openclaw.mjs FOLDER HOME
//
// FOLDER holds `node_modules/openclaw`; HOME is an empty folder, the only one that is written to. A line of the input is the text of
// a configuration as a JSON string; a line of the output is `{ "valid", "issues": [{ "path", "message" }] }`, in the same order.

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder, home] = process.argv.slice(2);
const file = join(home, "openclaw.json");
Object.assign(process.env, { HOME: home, USERPROFILE: home, OPENCLAW_STATE_DIR: home, OPENCLAW_CONFIG_PATH: file });

// The program logs where it likes; our lines are ours alone.
const answer = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

const dist = join(folder, "node_modules", "openclaw", "dist");
const load = (path) => import(pathToFileURL(join(dist, path)));
const { readConfigFileSnapshotWithPluginMetadata } = await load("config/config.js");

/** The step after reading, which has no name of its own among the files. */
async function finish() {
  for (const name of readdirSync(dist).filter((name) => name.startsWith("config-cli-validation-"))) {
    const { finishConfigValidationForCli } = await load(name);
    if (finishConfigValidationForCli) return finishConfigValidationForCli;
  }
  throw new Error("the package has no `finishConfigValidationForCli`");
}
const finished = await finish();

async function judge(text) {
  const before = { ...process.env };
  try {
    writeFileSync(file, text);
    const read = await readConfigFileSnapshotWithPluginMetadata({ observe: false, prepareValidation: "strict" });
    const { valid, issues } = await finished(read);
    return { valid, issues: issues.map(({ path, message }) => ({ path, message })) };
  } catch (error) {
    return { valid: false, issues: [{ path: "", message: `the judge gave up: ${error}` }] };
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  answer(`${JSON.stringify(await judge(JSON.parse(line)))}\n`);
}
