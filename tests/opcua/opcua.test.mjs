// The round trip: a plant's OPC UA server, the bridge, Raffinate, and a control system that
// subscribes to the bridge. Either side is node-opcua's own.

import assert from "node:assert/strict";
import { readdirSync, renameSync } from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import {
  Dcs,
  Raffinate,
  bridge,
  fresh,
  mappingFor,
  part,
  spawnBridge,
  spawnPlant,
  startBridge,
  startPlant,
} from "./harness.mjs";

const { DataType, EUInformation, StatusCodes } = await part("opcua.mjs");
const { PlantClient } = await part("plant_client.mjs");
const { check, once } = await part("check.mjs");
const { readMapping } = await part("mapping.mjs");
const { informationOf } = await part("units.mjs");

const SCRUB = "setpoints.streams.scrub acid.flow";
const STRIP = "setpoints.streams.strip acid.flow";
const FEED = "measurements.streams.feed liquor.flow";
const LOOK = ["state", "reason", "plant_connected", "raffinate_connected", "valid_until", SCRUB, STRIP, FEED];

const raffinate = new Raffinate();
await raffinate.start();
const name = raffinate.register();
after(() => raffinate.stop());

/** A plant, a bridge and a control system; all of them end with the test. */
async function setUp(t, { change, plantName = name, options, plant, asProgram } = {}) {
  const simulated = plant ?? (await startPlant(options));
  const file = mappingFor({ raffinate: raffinate.url, endpoint: simulated.endpoint, change });
  const running = await (asProgram ? spawnBridge : startBridge)(plantName, file);
  const dcs = new Dcs(running.endpoint);
  // A client goes before its server: one whose server is gone waits for it to come back.
  t.after(async () => {
    await dcs.end();
    await running.end();
    if (!plant) await simulated.stop();
  });
  await dcs.connect(LOOK);
  return { plant: simulated, bridge: running, dcs, file };
}

const advised = (dcs) => dcs.until(() => dcs.value("state") === "advice" && dcs.status(SCRUB) === "Good", "advice");

test("setpoints arrive with unit, range, limits, prices and the time of the advice", async (t) => {
  const { dcs } = await setUp(t);
  await advised(dcs);
  const of = (...parts) => parts.map((each) => `${STRIP}.${each}`);
  const [present, low, high, limit, price] = await dcs.read(
    ...of("Present", "LowLimit", "HighLimit", "ActiveLimit", "Price"),
  );
  assert.equal(present, 0.14);
  // Moves of 0.03 per hour of the plant file, an interval of one hour.
  assert.ok(Math.abs(low - 0.11) < 1e-12 && Math.abs(high - 0.17) < 1e-12, `${low} ${high}`);
  assert.ok(dcs.value(STRIP) >= low && dcs.value(STRIP) <= high);
  assert.equal(limit, "MOVE_DOWN");
  assert.ok(price > 0);
  const ranges = await Promise.all(
    ["EURange", "EngineeringUnits"].map(async (property) => {
      const found = await dcs.session.translateBrowsePath({
        startingNode: dcs.id(STRIP),
        relativePath: {
          elements: [{ targetName: { name: property }, includeSubtypes: true, referenceTypeId: "i=46" }],
        },
      });
      const data = await dcs.session.read({ nodeId: found.targets[0].targetId, attributeId: 13 });
      return data.value.value;
    }),
  );
  assert.deepEqual([ranges[0].low, ranges[0].high], [0.08, 0.3]);
  assert.equal(ranges[1].unitId, informationOf("m3/h").unitId);
  const [time, valid, met, cost, status, measured] = await dcs.read(
    "advice_time",
    "valid_until",
    "demands.neodymium purity least.Met",
    "cost_of_present",
    `${FEED}.Status`,
    `${FEED}.Measured`,
  );
  assert.ok(valid > time);
  assert.equal(met, true);
  assert.ok(cost > 0);
  assert.equal(status, "USED");
  // 1002 L/h of the node, in the plant's m3/h.
  assert.ok(Math.abs(measured - 1.002) < 1e-12);
  const [own, at] = await dcs.session.read(
    [SCRUB, "advice_time"].map((each) => ({ nodeId: dcs.id(each), attributeId: 13 })),
  );
  assert.equal(own.sourceTimestamp.getTime(), at.value.value.getTime());
});

test("nobody writes into the bridge, and two control systems see the same", async (t) => {
  const { dcs, bridge: running, plant } = await setUp(t);
  const second = new Dcs(running.endpoint);
  await second.connect(LOOK);
  await Promise.all([advised(dcs), advised(second)]);
  const status = await dcs.session.write({
    nodeId: dcs.id(SCRUB),
    attributeId: 13,
    value: { value: { dataType: DataType.Double, value: 1 } },
  });
  assert.equal(status.name, "BadNotWritable");
  const before = dcs.value(SCRUB);
  // A richer feed is another advice, for both.
  plant.set("AT101.Nd", { value: 17 });
  for (const each of [dcs, second]) {
    await each.until(() => Math.abs(each.value(SCRUB) - before) > 1e-6, "another advice");
  }
  await second.end();
  // By default nothing is ever written into the plant.
  assert.equal(plant.value("FIC201.SP"), 0.1);
});

test("quality: uncertain counts less, bad is not used and named, both by name", async (t) => {
  const { dcs, plant } = await setUp(t);
  await advised(dcs);
  plant.set("FT501.PV", { status: StatusCodes.UncertainSensorNotAccurate });
  await dcs.until(() => /streams\.raffinate\.flow: .*FT501\.PV: UncertainSensorNotAccurate/.test(dcs.value("reason")), "uncertain");
  assert.equal(dcs.value("state"), "advice");
  plant.set("FT501.PV");
  plant.set("AT101.Nd", { status: StatusCodes.BadSensorFailure });
  await dcs.until(() => dcs.value("state") === "held", "held");
  assert.match(dcs.value("reason"), /MISSING_MEASUREMENTS.*streams\.feed liquor\.metals\.Nd/);
  assert.match(dcs.value("reason"), /AT101\.Nd: BadSensorFailure/);
  await dcs.until(() => dcs.status(SCRUB) === "UncertainLastUsableValue", "its status code");
  plant.set("AT101.Nd");
  await advised(dcs);
  // Moves count from the present setpoint: one that is bad is none.
  plant.set("FIC201.SP", { status: StatusCodes.BadOutOfService });
  await dcs.until(() => /INVALID_STATE.*streams\.scrub acid\.flow/.test(dcs.value("reason")), "a setpoint without present value");
  plant.set("FIC201.SP");
  await advised(dcs);
});

test("units: of the node, of the mapping where it says so, never guessed", async (t) => {
  const { dcs, plant } = await setUp(t);
  await advised(dcs);
  plant.setUnit("FT101.PV", informationOf("kg"));
  await dcs.until(
    () => /INVALID_STATE.*streams\.feed liquor\.flow\.unit: found "1002 kg".*does not convert to m3\/h/.test(dcs.value("reason")),
    "a unit that does not convert",
  );
  plant.setUnit("FT101.PV", new EUInformation({ displayName: "" }));
  await dcs.until(() => /FT101\.PV: states no unit and the mapping gives none/.test(dcs.value("reason")), "no unit");
  plant.setUnit("FT101.PV", informationOf("m3/h"));
  plant.set("FT101.PV", { value: 1.002 });
  await advised(dcs);
});

test("a node that is not there is named, by --check too", async (t) => {
  const { dcs, file } = await setUp(t, { options: { without: ["AT101.Nd"] } });
  await dcs.until(() => /AT101\.Nd: BadNodeIdUnknown/.test(dcs.value("reason")), "its name");
  await dcs.until(() => dcs.value("state") === "refused" && dcs.status(SCRUB) === "BadOutOfService", "no advice");
  const found = await check(readMapping(file, name));
  assert.equal(found.code, 1);
  assert.match(found.problems.join("\n"), /streams\.feed liquor\.metals\.Nd: .*AT101\.Nd: BadNodeIdUnknown/);
  assert.match(found.text, /streams\.raffinate\.flow.*1\.101.*m3\/h.*GOOD/);
});

test("--check finds quantities that are none; --once prints an advice", async (t) => {
  const plant = await startPlant();
  t.after(() => plant.stop());
  const file = (change) => mappingFor({ raffinate: raffinate.url, endpoint: plant.endpoint, change });
  const right = bridge(["--check", "--plant", name, file()]);
  assert.equal(await right.ended, 0, right.errors);
  const mistyped = file((text) => text.replace("streams.raffinate.flow", "streams.rafinate.flow"));
  const wrong = await check(readMapping(mistyped, name));
  assert.equal(wrong.code, 1);
  assert.match(wrong.problems[0], /^measurements\.streams\.rafinate\.flow: is no instrument of plants/);
  const advice = bridge(["--once", "--plant", name, file()]);
  assert.equal(await advice.ended, 0, advice.errors);
  assert.ok(advice.lines.some((line) => /streams\.strip acid\.flow +m3\/h +0\.14 .*MOVE_DOWN/.test(line)));
  const nowhere = await once(readMapping(file(), "plants/none"));
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.problems[0], /^PLANT_NOT_FOUND/);
});

test("the plant's server is killed and comes back", async (t) => {
  let plant = await spawnPlant();
  t.after(() => plant.end());
  const { dcs } = await setUp(t, { plant });
  await advised(dcs);
  await plant.end("SIGKILL");
  await dcs.until(() => dcs.value("state") === "held" && dcs.value("plant_connected") === false, "held");
  assert.match(dcs.value("reason"), /the plant at opc\.tcp.* cannot be reached/);
  await dcs.until(() => dcs.status(SCRUB) === "UncertainLastUsableValue", "its status code");
  plant = await spawnPlant(plant.port);
  await advised(dcs);
  await dcs.until(() => dcs.value("plant_connected") === true && dcs.value("reason") === "", "all well");
});

test("Raffinate is killed and comes back, and the advice ends by itself between", async (t) => {
  const { dcs, plant } = await setUp(t);
  await advised(dcs);
  // Good for half an hour from the sample on: this one for six seconds more.
  plant.set("FT101.PV", { time: new Date(Date.now() - 1_794_000) });
  plant.set("FT501.PV", { status: StatusCodes.BadSensorFailure });
  await dcs.until(() => dcs.value("valid_until") - Date.now() < 10_000, "an advice that ends soon");
  const valid = dcs.value("valid_until");
  await raffinate.stop("SIGKILL");
  await dcs.until(() => dcs.value("raffinate_connected") === false, "its end to be noticed");
  await dcs.until(() => dcs.value("state") === "disconnected", "the end of the advice");
  assert.ok(Date.now() >= valid.getTime());
  assert.match(dcs.value("reason"), /Raffinate at http.* cannot be reached: .*; the advice of .* held until/);
  await dcs.until(() => dcs.status(SCRUB) === "BadNoCommunication", "its status code");
  assert.ok(!(dcs.value(SCRUB) > 0), "no value is left");
  plant.set("FT101.PV");
  plant.set("FT501.PV");
  await raffinate.start();
  await advised(dcs);
});

test("readings that grow old are named, and the last advice is held", async (t) => {
  const { dcs, plant } = await setUp(t);
  await advised(dcs);
  for (const each of ["FT101.PV", "FT501.PV", "FT601.PV"]) plant.set(each, { time: new Date(Date.now() - 3_600_000) });
  await dcs.until(() => /MISSING_MEASUREMENTS.*streams\.feed liquor\.flow \(stale\)/.test(dcs.value("reason")), "stale");
  assert.equal(dcs.value("state"), "held");
});

test("a start without the plant: said, waited for, and then advised", async (t) => {
  const plant = await startPlant();
  await plant.stop();
  const { dcs } = await setUp(t, { plant });
  await dcs.until(() => dcs.value("state") === "disconnected" && dcs.status(SCRUB) === "BadNoCommunication", "disconnected");
  await plant.start();
  t.after(() => plant.stop());
  await advised(dcs);
});

const WRITE = (text) =>
  `${text}\nwrite: true\n`
    .replace('FIC201.SP"', 'FIC201.SP", write_to: "nsu=urn:raffinate:demo-plant;s=FIC201.SP"')
    .replace('FIC301.SP"', 'FIC301.SP", write_to: "nsu=urn:raffinate:demo-plant;s=FIC301.SP"');

test("advice is written when that is asked for, one interval apart and within limits", async (t) => {
  const quick = raffinate.register((text) =>
    text.replace("interval: 1 h", "interval: 1 s").replace(/\{per_hour: 0\.03\}/g, "{per_advice: 0.03}"),
  );
  const { plant, bridge: running, dcs } = await setUp(t, { plantName: quick, change: WRITE });
  await running.line(/written: streams\.strip acid\.flow = /);
  const first = plant.value("FIC301.SP");
  assert.ok(first >= 0.11 - 1e-12 && first < 0.14, `${first}`);
  assert.equal(plant.value("QIC401.SP"), 0.285);
  // It goes on to the operating limit, never beyond.
  await dcs.until(() => plant.value("FIC301.SP") <= 0.08 + 1e-9, "the operating limit");
  assert.ok(plant.value("FIC301.SP") >= 0.08);
});

test("a session that is signed and encrypted, once both sides trust each other", async (t) => {
  const plant = await startPlant({}, fresh("pki-plant"));
  t.after(() => plant.stop());
  const file = mappingFor({
    raffinate: raffinate.url,
    endpoint: plant.endpoint,
    change: (text) => text
        .replace("opcua:\n", "opcua:\n  security: SignAndEncrypt\n")
        .replace(/certificates: .*/, `certificates: ${fresh("pki-bridge")}`),
  });
  const mapping = readMapping(file, name);
  const node = [...mapping.setpoints.values()][0].node;
  const client = new PlantClient(mapping.opcua, mapping.certificates, [node]);
  t.after(() => client.disconnect());
  await assert.rejects(client.connect(), /cannot be reached/);
  const trust = (folder) => {
    for (const each of readdirSync(path.join(folder, "rejected"))) {
      renameSync(path.join(folder, "rejected", each), path.join(folder, "trusted/certs", each));
    }
  };
  trust(mapping.certificates);
  await assert.rejects(client.connect(), /cannot be reached/);
  // The plant's side has to trust the bridge's certificate too.
  trust(plant.folder);
  await plant.stop();
  await plant.start();
  await client.connect();
  assert.equal((await client.read()).get(node).value, 0.1);
  assert.equal(client.client.securityMode, 3);
});

test("SIGTERM ends the bridge in order", async (t) => {
  const { dcs, bridge: running } = await setUp(t, { asProgram: true });
  await advised(dcs);
  await dcs.end();
  assert.equal(await running.end("SIGTERM"), 0);
  assert.match(running.lines.at(-1), / ended$/);
  assert.equal(running.errors, "");
});
