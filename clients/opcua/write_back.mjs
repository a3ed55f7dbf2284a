// Which advised setpoints may be written into the plant, and as what number.

/**
 * Everything or nothing: setpoints are advised together.
 * @param {import("./mapping.mjs").Mapping} mapping
 * @param {any} plant raffinate.v1.Plant
 * @param {any} advice raffinate.v1.SetpointAdvice
 * @param {Map<string, import("./plant_client.mjs").NodeReading>} readings
 * @param {number} now milliseconds
 * @returns {{writes: {setpoint: string, node: string, value: number}[], why: string[]}} why: what
 *   keeps all of it from being written
 */
export function writable(mapping, plant, advice, readings, now) {
  const why = [];
  const writes = [];
  if (!advice.feasible) why.push("the advice does not meet all demands");
  if (now >= Date.parse(advice.valid_until)) why.push(`the advice held until ${advice.valid_until}`);
  for (const [setpoint, mapped] of mapping.setpoints) {
    if (!mapped.write) continue;
    const one = advice.setpoints.find((/** @type {any} */ each) => each.setpoint === setpoint);
    const limits = plant.quantities.find((/** @type {any} */ each) => each.name === setpoint);
    const present = readings.get(mapped.node);
    const target = readings.get(mapped.write);
    if (!one || !limits || present?.value === undefined) {
      why.push(`${setpoint}: not advised`);
      continue;
    }
    const low = Math.max(one.min, limits.min);
    const high = Math.min(one.max, limits.max);
    if (!(one.value >= low && one.value <= high)) {
      why.push(`${setpoint}: ${one.value} is not within ${low} to ${high}`);
      continue;
    }
    const unit = present.unit ?? mapped.unit;
    const targetUnit = mapped.write === mapped.node ? unit : target?.unit;
    if (!target || target.problem || targetUnit === undefined) {
      why.push(`${setpoint}: ${mapped.write}: ${target?.problem ?? "states no unit"}`);
      continue;
    }
    if (targetUnit !== unit) {
      why.push(`${setpoint}: ${mapped.write} is in ${targetUnit}, ${mapped.node} in ${unit}`);
      continue;
    }
    // Raffinate has read the present value in the node's unit and told it in its own.
    const scale = mapped.unit === undefined && unit === one.unit ? 1 : present.value / one.present;
    if (!Number.isFinite(scale) || scale <= 0) {
      why.push(`${setpoint}: its unit cannot be told from a present value of ${present.value}`);
      continue;
    }
    writes.push({ setpoint, node: mapped.write, value: one.value * scale });
  }
  return why.length ? { writes: [], why } : { writes, why };
}
