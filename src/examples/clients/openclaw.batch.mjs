// Judges configurations of OpenClaw as `openclaw config validate` does, in one process for as many as are given.
//
//   node openclaw.batch.mjs PROGRAM
//
// PROGRAM is the installed `openclaw`; HOME is a folder that may be written to. A line of the input is
// `{ "text", "variables" }`, a line of the output `{ "valid", "issues": [{ "path", "message" }] }`, in the same order; a text that is not
// valid and has no issues is one that the program could not judge.
// Where the package is built otherwise than expected it ends at once, and the program is started for each configuration.

import { readdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const home = process.env.HOME;
const file = join(home, "openclaw.json");
Object.assign(process.env, { USERPROFILE: home, OPENCLAW_STATE_DIR: home, OPENCLAW_CONFIG_PATH: file });

// The program logs where it likes; our lines are ours alone.
const answer = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

const dist = join(dirname(realpathSync(process.argv[2])), "dist");
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

async function judge({ text, variables }) {
  const before = { ...process.env };
  try {
    Object.assign(process.env, variables);
    writeFileSync(file, text);
    const read = await readConfigFileSnapshotWithPluginMetadata({ observe: false, prepareValidation: "strict" });
    const { valid, issues } = await finished(read);
    return { valid, issues: issues.map(({ path, message }) => ({ path, message })) };
  } catch (error) {
    process.stderr.write(`${error}\n`);
    return { valid: false, issues: [] };
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  answer(`${JSON.stringify(await judge(JSON.parse(line)))}\n`);
}
