// Units of OPC UA (EUInformation) and of Raffinate (UDUNITS).

import { EUInformation } from "./opcua.mjs";

/** Where unit ids are UNECE codes (OPC 10000-8, 5.6.4.3). */
const UNECE = "http://www.opcfoundation.org/UA/units/un/cefact";

/** UNECE Recommendation 20: code, UDUNITS, symbol, name. */
const CODES = [
  ["MQH", "m3/h", "m³/h", "cubic metre per hour"],
  ["MQS", "m3/s", "m³/s", "cubic metre per second"],
  ["E32", "L/h", "L/h", "litre per hour"],
  ["L2", "L/min", "L/min", "litre per minute"],
  ["G51", "L/s", "L/s", "litre per second"],
  ["C38", "mol/L", "mol/L", "mole per litre"],
  ["C36", "mol/m3", "mol/m³", "mole per cubic metre"],
  ["GL", "g/L", "g/L", "gram per litre"],
  ["M1", "mg/L", "mg/L", "milligram per litre"],
  ["KMQ", "kg/m3", "kg/m³", "kilogram per cubic metre"],
  ["P1", "%", "%", "percent"],
  ["Q30", "1", "pH", "pH (potential of Hydrogen)"],
  ["C62", "1", "", "one"],
];

/** @param {string} code; its bytes as a number, the last lowest */
const idOf = (code) => [...code].reduce((id, letter) => id * 256 + letter.charCodeAt(0), 0);

/**
 * The unit that a node states, as UDUNITS reads it; undefined where it states none.
 * @param {{namespaceUri?: string | null, unitId?: number,
 *   displayName?: {text?: string | null} | null} | null | undefined} information
 */
export function unitOf(information) {
  if (!information) return undefined;
  if (information.namespaceUri === UNECE) {
    const found = CODES.find(([code]) => idOf(code) === information.unitId);
    if (found) return found[1];
  }
  const name = information.displayName?.text?.trim();
  if (!name) return undefined;
  if (name === "pH") return "1";
  return name.replace(/²/g, "2").replace(/³/g, "3").replace(/[·⋅]/g, ".").replace(/μ/g, "µ");
}

/**
 * How a node of ours states its unit: by its UNECE code where it has one.
 * @param {string} unit of Raffinate
 */
export function informationOf(unit) {
  // "1" is the number one, not pH: the last entry.
  const found = [...CODES].reverse().find(([, udunits]) => udunits === unit);
  return new EUInformation({
    namespaceUri: found ? UNECE : "",
    unitId: found ? idOf(found[0]) : -1,
    displayName: found ? found[2] || "1" : unit,
    description: found ? found[3] : unit,
  });
}
