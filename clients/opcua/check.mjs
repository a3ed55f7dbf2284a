// One look at both sides: does the mapping fit (--check), what is advised now (--once).

import { Gateway, Refused, Unreachable } from "./gateway.mjs";
import { PlantClient, PlantUnreachable } from "./plant_client.mjs";
import { measuredState, nodesOf, quantityOf, refusalOf } from "./state.mjs";
import { number, table } from "./table.mjs";

/**
 * @typedef {import("./mapping.mjs").Mapping & {plant: string}} Mapping
 * @typedef {{code: number, text: string, problems: string[]}} Outcome exit code, for stdout, for stderr
 */

/** @param {Mapping} mapping */
async function look(mapping) {
  const gateway = new Gateway(mapping.raffinate);
  const client = new PlantClient(mapping.opcua, mapping.certificates, nodesOf(mapping));
  const plant = await gateway.plant(mapping.plant);
  try {
    await client.connect();
    const readings = await client.read();
    const measured = measuredState(mapping, readings, new Date());
    return { gateway, plant, readings, measured };
  } finally {
    await client.disconnect();
  }
}

/**
 * Answers for a side that cannot be reached, or a plant that is not there.
 * @param {() => Promise<Outcome>} action
 * @returns {Promise<Outcome>}
 */
async function reached(action) {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Refused) {
      return { code: 1, text: "", problems: [`${error.reason}: ${error.message}`] };
    }
    if (!(error instanceof Unreachable || error instanceof PlantUnreachable)) throw error;
    return { code: 4, text: "", problems: [error.message] };
  }
}

/**
 * Compares a mapping with the plant of Raffinate and with the nodes.
 * @param {Mapping} mapping
 */
export function check(mapping) {
  return reached(async () => {
    const { gateway, plant, readings, measured } = await look(mapping);
    const problems = [...measured.problems, ...namesWrong(mapping, plant)];
    for (const [setpoint, { node, write }] of mapping.setpoints) {
      const target = write === undefined ? undefined : readings.get(write);
      if (target?.problem) problems.push(`${setpoint}.write_to: ${write}: ${target.problem}`);
      else if (target && !target.unit && write !== node) problems.push(`${setpoint}.write_to: ${write}: states no unit`);
    }
    try {
      // Units are compared by whoever converts them.
      await gateway.advise(mapping.plant, measured.state);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problems.push(refusalOf(error, measured));
    }
    const rows = [];
    for (const [kind, map] of [/** @type {const} */ (["setpoint", mapping.setpoints]), /** @type {const} */ (["measured", mapping.measurements])]) {
      for (const [quantity, mapped] of map) {
        const reading = readings.get(mapped.node);
        const { value, unit } = quantityOf(mapped, reading);
        const stated = reading?.unit && mapped.unit && reading.unit !== mapped.unit ? ` (node: ${reading.unit})` : "";
        rows.push([kind, quantity, mapped.node, number(value), unit ? unit + stated : "-", reading?.quality ?? "-"]);
      }
    }
    return {
      code: problems.length ? 1 : 0,
      text: table(["", "quantity", "node", "value", "unit", "quality"], rows),
      problems,
    };
  });
}

/** @param {Mapping} mapping @param {any} plant raffinate.v1.Plant */
function namesWrong(mapping, plant) {
  const problems = [];
  const quantities = new Map(plant.quantities.map((/** @type {any} */ each) => [each.name, each]));
  for (const setpoint of mapping.setpoints.keys()) {
    if (!quantities.get(setpoint)?.setpoint) {
      problems.push(`setpoints.${setpoint}: is no setpoint of ${mapping.plant}`);
    }
  }
  for (const { name, setpoint } of quantities.values()) {
    if (setpoint && !mapping.setpoints.has(name)) {
      problems.push(`setpoints: ${name} is missing; ${mapping.plant} needs its present value`);
    }
  }
  const instruments = plant.instruments.map((/** @type {any} */ each) => each.quantity);
  for (const quantity of mapping.measurements.keys()) {
    if (!instruments.includes(quantity)) {
      problems.push(
        `measurements.${quantity}: is no instrument of ${mapping.plant}; right would be one of: ${instruments.join(", ")}`,
      );
    }
  }
  return problems;
}

/**
 * One advice as a table.
 * @param {Mapping} mapping
 */
export function once(mapping) {
  return reached(async () => {
    const { gateway, measured } = await look(mapping);
    let advice;
    try {
      advice = await gateway.advise(mapping.plant, measured.state);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { code: 1, text: "", problems: [refusalOf(error, measured), ...measured.problems] };
    }
    const setpoints = advice.setpoints.map((/** @type {any} */ each) => [
      each.setpoint,
      each.unit,
      ...[each.present, each.value, each.min, each.max].map(number),
      each.active_limit === "LIMIT_UNSPECIFIED" ? "" : each.active_limit,
    ]);
    const readings = advice.readings.map((/** @type {any} */ each) => [
      each.quantity,
      each.unit,
      number(each.measured),
      number(each.estimate),
      each.status,
    ]);
    const text = [
      `${advice.time}, valid until ${advice.valid_until}: ${advice.valid_until_reason}`,
      table(["setpoint", "unit", "present", "advised", "from", "to", "at its limit"], setpoints),
      table(["measured", "unit", "value", "taken", ""], readings),
    ].join("\n\n");
    return { code: 0, text, problems: measured.problems };
  });
}
