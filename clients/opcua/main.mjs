#!/usr/bin/env node
// raffinate-opcua MAPPING: setpoints of Raffinate for what speaks OPC UA. docs/opcua.md

import { parseArgs } from "node:util";
import { readMapping } from "./mapping.mjs";
import { InputError } from "./places.mjs";

const USAGE = `Usage: raffinate-opcua [--plant plants/ID] [--check | --once] MAPPING

Reads a plant's OPC UA server, asks Raffinate for its best setpoints, and serves them over OPC UA.

  --plant plants/ID  the plant, in place of the mapping's
  --check            compare the mapping with both sides, print it as a table, and end
  --once             one advice as a table, nothing served or written, and end
  --help

Exit codes: 0 done; 1 the mapping does not fit, or there is no advice; 2 bad command line or
mapping; 4 a side cannot be reached, or the own port is in use`;

/** @param {number} code @param {string} message @returns {never} */
function fail(code, message) {
  console.error(`raffinate-opcua: ${message}`);
  process.exit(code);
}

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        plant: { type: "string" },
        check: { type: "boolean" },
        once: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (positionals.length !== 1) throw new Error(`found ${positionals.length} mappings; right would be one`);
    if (values.check && values.once) throw new Error("--check and --once exclude each other");
    if (values.plant !== undefined && !/^plants\/[\w-]+$/.test(values.plant)) {
      throw new Error(`--plant: found "${values.plant}"; right would be plants/ID`);
    }
    return { ...values, file: positionals[0] };
  } catch (error) {
    return fail(2, `${/** @type {Error} */ (error).message}\n${USAGE}`);
  }
}

/** @param {{file: string, plant?: string}} given */
function mappingOf({ file, plant }) {
  try {
    const mapping = readMapping(file, plant);
    if (mapping.plant !== undefined) return { ...mapping, plant: mapping.plant };
  } catch (error) {
    if (error instanceof InputError) {
      console.error(error.message);
      process.exit(2);
    }
    return fail(2, /** @type {Error} */ (error).message);
  }
  return fail(2, `${file}: plant: is missing; right would be plants/ID, here or by --plant`);
}

const given = options();
const mapping = mappingOf(given);
// OPC UA takes a second to load: what is wrong above is said before.
if (given.check || given.once) {
  const { check, once } = await import("./check.mjs");
  const { code, text, problems } = await (given.check ? check : once)(mapping);
  if (text) console.log(text);
  for (const problem of problems) console.error(`raffinate-opcua: ${problem}`);
  process.exit(code);
}

const { Bridge } = await import("./bridge.mjs");
const bridge = new Bridge(mapping, (line) => console.log(`${new Date().toISOString()} ${line}`));
try {
  await bridge.start();
} catch (error) {
  fail(4, `port ${mapping.serve.port} at ${mapping.serve.host}: ${/** @type {Error} */ (error).message}`);
}
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.once(signal, async () => {
    await bridge.stop();
    console.log(`${new Date().toISOString()} ended`);
    process.exit(0);
  });
}
