// What the plant's nodes hold, as a state that Raffinate advises on.

/**
 * @typedef {import("./plant_client.mjs").NodeReading} NodeReading
 * @typedef {object} Measured
 * @property {object} state raffinate.v1.MeasuredState
 * @property {string[]} problems one per node that is not usable as it stands
 * @property {string[]} present quantities of state.present, in its order
 * @property {string[]} measured quantities of state.measurements
 */

/** All nodes that a mapping reads, those it writes to for their units. @param {import("./mapping.mjs").Mapping} mapping */
export function nodesOf(mapping) {
  const all = [...mapping.setpoints.values(), ...mapping.measurements.values()];
  const nodes = all.flatMap((one) => (one.write ? [one.node, one.write] : [one.node]));
  if (typeof mapping.atRest === "object") nodes.push(mapping.atRest.node);
  return [...new Set(nodes)];
}

/**
 * The value of a node with its unit, or why it is none.
 * @param {import("./mapping.mjs").Mapped} mapped
 * @param {NodeReading | undefined} reading
 */
export function quantityOf(mapped, reading) {
  const unit = mapped.unit ?? reading?.unit;
  if (!reading || reading.value === undefined) {
    return { problem: `${mapped.node}: ${reading?.problem ?? "not read"}` };
  }
  if (!unit) return { problem: `${mapped.node}: states no unit and the mapping gives none` };
  return {
    value: reading.value,
    unit,
    problem: reading.problem && `${mapped.node}: ${reading.problem}`,
  };
}

/**
 * @param {import("./mapping.mjs").Mapping} mapping
 * @param {Map<string, NodeReading>} readings
 * @param {Date} now
 * @returns {Measured}
 */
export function measuredState(mapping, readings, now) {
  /** @type {string[]} */
  const problems = [];
  const present = [];
  for (const [setpoint, mapped] of mapping.setpoints) {
    const reading = readings.get(mapped.node);
    const { value, unit, problem } = quantityOf(mapped, reading);
    if (problem) problems.push(`${setpoint}: ${problem}`);
    // Moves count from here: a value that is bad is no place to count from.
    if (value === undefined || reading?.quality === "BAD") continue;
    present.push({ setpoint, value, unit });
  }
  const measurements = [];
  for (const [quantity, mapped] of mapping.measurements) {
    const reading = readings.get(mapped.node);
    const { value, unit, problem } = quantityOf(mapped, reading);
    if (problem) problems.push(`${quantity}: ${problem}`);
    if (value === undefined || !reading?.time) continue;
    measurements.push({
      quantity,
      value,
      unit,
      time: reading.time.toISOString(),
      quality: reading.quality,
    });
  }
  let atRest = mapping.atRest === true;
  if (typeof mapping.atRest === "object") {
    const reading = readings.get(mapping.atRest.node);
    const said = reading?.flag ?? (reading?.value === undefined ? undefined : reading.value !== 0);
    // Unknown is not at rest: what leaves is then not held against what enters.
    atRest = said === true && reading?.quality === "GOOD";
    if (reading?.problem) problems.push(`at_rest: ${mapping.atRest.node}: ${reading.problem}`);
  }
  return {
    state: { time: now.toISOString(), at_rest: atRest, present, measurements },
    problems,
    present: present.map((one) => one.setpoint),
    measured: measurements.map((one) => one.quantity),
  };
}

/**
 * A refusal in the words of the mapping: fields of the state by their quantities.
 * @param {import("./gateway.mjs").Refused} refused
 * @param {Measured} measured
 */
export function refusalOf(refused, measured) {
  if (!refused.violations.length) return `${refused.reason}: ${refused.message}`;
  const named = refused.violations.map(({ field, description }) => {
    const found = /^state\.(present|measurements)\[(\d+)\](.*)$/.exec(field);
    const list = found?.[1] === "present" ? measured.present : measured.measured;
    return `${found ? `${list[Number(found[2])]}${found[3]}` : field}: ${description}`;
  });
  return `${refused.reason}: ${named.join("; ")}`;
}
