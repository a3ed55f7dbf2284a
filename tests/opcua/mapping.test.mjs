// The mapping file: what is right is read, what is wrong is named with its place. Units, and what
// may be written by a mapping that asks for it.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { bridge, examples, fresh, part } from "./harness.mjs";

const { readMapping } = await part("mapping.mjs");
const { unitOf, informationOf } = await part("units.mjs");
const { writable } = await part("write_back.mjs");

const RIGHT = `opcua: {endpoint: "opc.tcp://plant:4840"}
setpoints:
  streams.scrub acid.flow: {present: "ns=1;s=SP"}
`;

/** The problems of a text, without the name of the file. */
function problemsOf(text) {
  const file = fresh("mapping");
  writeFileSync(file, text);
  try {
    readMapping(file);
  } catch (error) {
    return (error.problems ?? [error.message]).map((line) => line.replace(`${file}:`, ""));
  }
  return [];
}

test("the example is read, and writes nothing unless asked", () => {
  const mapping = readMapping(path.join(examples, "la-nd-opcua.yaml"));
  assert.equal(mapping.write, false);
  assert.equal(mapping.measurements.get("streams.feed liquor.metals.La").unit, "g/L REO");
  assert.equal(mapping.cycleMs, 10_000);
  assert.deepEqual(problemsOf(RIGHT), []);
});

test("every problem has line, column, path, what was found and what would be right", () => {
  const cases = [
    ["raffinate: ftp://x\n", '4:12: raffinate: found "ftp://x"; right would be an address such as http://127.0.0.1:7411'],
    ["cycle: 5 parsecs\n", '4:8: cycle: found "5 parsecs"; right would be 0.1 s to 24 h'],
    ["plant: la-nd\n", '4:8: plant: found "la-nd"; right would be plants/ID'],
    ["serve: {port: 70000}\n", "4:15: serve.port: found 70000; right would be 0 (a free one) to 65535"],
    ["at_rest: maybe\n", '4:10: at_rest: found "maybe"; right would be true, false or {node: NODEID}'],
    ["measurements: {a: {node: FT101}}\n", '4:26: measurements.a.node: found "FT101"; right would be "ns=2;s=FT101.PV"'],
    ["measurements: {a: {nod: ns=1;i=1}}\n", "4:20: measurements.a.nod: is no key here; right would be one of: node, unit"],
    ["measurement: {}\n", "4:1: measurement: is no key here; right would be one of: raffinate, plant"],
    ["write: true\n", "4:8: write: found true, but no setpoint has write_to"],
    ["  circuits: {present: ns=1;i=1, write_to: ns=1;i=2}\n", "is missing though setpoints have write_to"],
    ["cycle: 1 s\ncycle: 2 s\n", "5:1: Map keys must be unique"],
    ["a: [\n", "5:1: Flow sequence"],
  ];
  for (const [text, right] of cases) {
    const found = problemsOf(RIGHT + text);
    assert.ok(found.some((line) => line.includes(right)), `${text}: ${found.join("\n")}`);
  }
  assert.match(problemsOf("setpoints: {a: {present: i=1}}\n")[0], /^1:1: opcua: is missing/);
  assert.match(problemsOf("- a\n")[0], /^1:1: found a list; right would be a map of keys$/);
});

test("passwords come from the environment and are asked for by name", () => {
  const text = RIGHT.replace('4840"', '4840", user: op, password_variable: NO_SUCH_PASSWORD');
  assert.match(problemsOf(text)[0], /password_variable: found NO_SUCH_PASSWORD, which is not in the env/);
});

test("units of OPC UA and UDUNITS", () => {
  for (const unit of ["m3/h", "L/h", "mol/L", "g/L", "%", "1", "g/L REO"]) {
    assert.equal(unitOf(informationOf(unit)), unit);
  }
  // MQH of UNECE Recommendation 20, as in the specification's own table of codes.
  assert.equal(informationOf("m3/h").unitId, 5067080);
  assert.equal(unitOf({ namespaceUri: "", unitId: -1, displayName: { text: "m³/h" } }), "m3/h");
  assert.equal(unitOf({ namespaceUri: "", unitId: -1, displayName: { text: "pH" } }), "1");
  assert.equal(unitOf(null), undefined);
});

test("a bad command line and a bad mapping end with 2 and say why", async () => {
  const file = fresh("mapping");
  writeFileSync(file, `${RIGHT}cycle: never\n`);
  for (const [args, right] of [
    [[], /found 0 mappings/],
    [["--chek", file], /Unknown option '--chek'/],
    [["--plant", "la-nd", file], /--plant: found "la-nd"/],
    [[file], /:4:8: cycle: found "never"/],
    [[path.join(examples, "la-nd-opcua.yaml")], /plant: is missing; right would be plants\/ID/],
    [["/nowhere/mapping.yaml"], /ENOENT/],
  ]) {
    const program = bridge(args);
    assert.equal(await program.ended, 2, program.errors);
    assert.match(program.errors, right);
  }
});

test("written is what lies within both limits, in the unit of the node, or nothing at all", () => {
  const now = Date.parse("2026-01-01T08:00:00Z");
  const mapping = { setpoints: new Map([["a", { node: "A", write: "W" }]]) };
  const plant = { quantities: [{ name: "a", min: 0.03, max: 0.2 }] };
  const decide = ({ value = 0.08, unit = "L/h", status = {}, advice = {}, present = 100 } = {}) =>
    writable(
      mapping,
      plant,
      {
        feasible: true,
        valid_until: "2026-01-01T08:30:00Z",
        setpoints: [{ setpoint: "a", value, unit: "m3/h", present: present / 1000, min: 0.01, max: 0.13 }],
        ...advice,
      },
      new Map([
        ["A", { value: present, unit: "L/h" }],
        ["W", { value: 100, unit, ...status }],
      ]),
      now,
    );
  const { writes, why } = decide();
  assert.deepEqual(why, []);
  assert.ok(Math.abs(writes[0].value - 80) < 1e-9, `${writes[0].value} L/h for 0.08 m3/h`);
  for (const [change, right] of [
    [{ value: 0.14 }, /0\.14 is not within 0\.03 to 0\.13/],
    [{ value: 0.02 }, /0\.02 is not within 0\.03 to 0\.13/],
    [{ value: NaN }, /NaN is not within/],
    [{ unit: "m3/h" }, /W is in m3\/h, A in L\/h/],
    [{ unit: undefined, status: { unit: undefined } }, /W: states no unit/],
    [{ status: { problem: "BadOutOfService" } }, /W: BadOutOfService/],
    [{ present: 0 }, /its unit cannot be told from a present value of 0/],
    [{ advice: { feasible: false } }, /does not meet all demands/],
    [{ advice: { valid_until: "2026-01-01T08:00:00Z" } }, /the advice held until/],
  ]) {
    const refused = decide(change);
    assert.deepEqual(refused.writes, []);
    assert.match(refused.why.join("\n"), right);
  }
});
