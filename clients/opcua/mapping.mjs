// The mapping file: which node of the plant's OPC UA server is which quantity of a plant of
// Raffinate.

import path from "node:path";
import { InputError, PlacedFile } from "./places.mjs";

/**
 * @typedef {{mode: "None" | "Sign" | "SignAndEncrypt", policy: string}} Security
 * @typedef {{node: string, unit?: string, write?: string}} Mapped a NodeId, the unit of its values where the node
 *   does not say it or says it wrong, and the node that advice is written to
 * @typedef {object} Mapping
 * @property {string} file
 * @property {string} raffinate address of the JSON API
 * @property {string | undefined} plant "plants/ID"
 * @property {number} cycleMs from one advice to the next
 * @property {{endpoint: string, security: Security, user?: string, password?: string}} opcua
 * @property {{host: string, port: number, path: string, leastMode: Security["mode"]}} serve
 * @property {string} certificates folder of own key and trusted certificates
 * @property {boolean | {node: string}} atRest
 * @property {boolean} write whether advice is written into the plant
 * @property {Map<string, Mapped>} setpoints by quantity; where the present value is read
 * @property {Map<string, Mapped>} measurements by quantity
 */

const MODES = ["None", "Sign", "SignAndEncrypt"];
const POLICIES = ["Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"];
const NODE_ID = /^(ns=\d+;|nsu=[^;]+;)?([isgb])=(.+)$/;
const MS = { s: 1e3, min: 60e3, h: 3600e3 };

/** @param {unknown} value */
const text = (value) => (typeof value === "string" && value !== "" ? value : undefined);
/** @param {unknown} value */
const bool = (value) => (typeof value === "boolean" ? value : undefined);
/** @param {...string} names */
const oneOf = (...names) => (/** @type {unknown} */ value) => names.find((name) => name === value);
/** @param {RegExp} pattern */
const like = (pattern) => (/** @type {unknown} */ value) =>
  typeof value === "string" && pattern.test(value) ? value : undefined;

/** @param {unknown} value */
function nodeId(value) {
  const found = typeof value === "string" ? NODE_ID.exec(value) : null;
  if (!found || (found[2] === "i" && !/^\d+$/.test(found[3]))) return undefined;
  return found[0];
}
const NODE_RIGHT = '"ns=2;s=FT101.PV" or "nsu=urn:plant;i=1001"';

/** @param {unknown} value */
function milliseconds(value) {
  const found = /^(\d+(?:\.\d+)?) ?(s|min|h)$/.exec(String(value));
  const ms = found ? Number(found[1]) * MS[/** @type {keyof MS} */ (found[2])] : NaN;
  return ms >= 100 && ms <= 24 * MS.h ? ms : undefined;
}

/** @param {unknown} value */
function port(value) {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65535
    ? Number(value)
    : undefined;
}

/** @param {string} scheme */
const url = (scheme) => (/** @type {unknown} */ value) => {
  try {
    return new URL(String(value)).protocol.match(`^(${scheme}):$`) ? String(value) : undefined;
  } catch {
    return undefined;
  }
};

/** @param {import("./places.mjs").PlacedMap} root @returns {Mapping["opcua"]} */
function readOpcua(root) {
  const map = root.child("opcua", { needed: true, right: "{endpoint: opc.tcp://HOST:PORT}" });
  if (!map) return { endpoint: "", security: { mode: "None", policy: "None" } };
  const right = "an address such as opc.tcp://127.0.0.1:4850";
  const endpoint = map.value("endpoint", url("opc\\.tcp"), { needed: true, right }) ?? "";
  const mode = map.value("security", oneOf(...MODES), { right: MODES.join(", "), fallback: "None" });
  const policy = map.value("policy", oneOf(...POLICIES), { right: POLICIES.join(", ") });
  if (policy && mode === "None") map.add("policy", "has no meaning without security: Sign or SignAndEncrypt");
  const user = map.value("user", text, { right: "a user name" });
  const variable = map.value("password_variable", like(/^[A-Za-z_]\w*$/), {
    right: "the name of an environment variable that holds the password",
  });
  if (user === undefined && variable !== undefined) map.add("password_variable", "has no meaning without user");
  const password = variable === undefined ? undefined : process.env[variable];
  if (user !== undefined && password === undefined) {
    map.add(
      variable === undefined ? "user" : "password_variable",
      variable === undefined
        ? "needs password_variable, the name of an environment variable that holds the password"
        : `found ${variable}, which is not in the environment; right would be ${variable}=... before the command`,
    );
  }
  map.close();
  const security = /** @type {Security} */ ({
    mode,
    policy: mode === "None" ? "None" : (policy ?? "Basic256Sha256"),
  });
  return { endpoint, security, user, password };
}

/** @param {import("./places.mjs").PlacedMap} root @returns {Mapping["serve"]} */
function readServe(root) {
  const map = root.child("serve", { right: "{port: 4851}" });
  const own = { host: "127.0.0.1", port: 4851, path: "/raffinate", leastMode: /** @type {const} */ ("None") };
  if (!map) return own;
  const host = map.value("host", like(/^[\w.:-]+$/), { right: "127.0.0.1, or 0.0.0.0 for all", fallback: own.host });
  const number = map.value("port", port, { right: "0 (a free one) to 65535", fallback: own.port });
  const where = map.value("path", like(/^\/[\w/.-]*$/), { right: '"/raffinate"', fallback: own.path });
  const leastMode = map.value("security", oneOf(...MODES), {
    right: `the least that is accepted, of ${MODES.join(", ")}`,
    fallback: own.leastMode,
  });
  map.close();
  return /** @type {Mapping["serve"]} */ ({ host, port: number, path: where, leastMode });
}

/**
 * @param {import("./places.mjs").PlacedMap} root
 * @param {string} key
 * @param {string} nodeKey
 * @param {boolean} needed
 * @returns {Map<string, Mapped>}
 */
function readNodes(root, key, nodeKey, needed) {
  const right = `{QUANTITY: {${nodeKey}: NODEID}}`;
  const map = root.child(key, { needed, right });
  /** @type {Map<string, Mapped>} */
  const out = new Map();
  for (const name of map?.keys() ?? []) {
    const one = map?.child(name, { right: `{${nodeKey}: NODEID}` });
    if (!one) continue;
    const node = one.value(nodeKey, nodeId, { needed: true, right: NODE_RIGHT });
    const unit = one.value("unit", text, { right: "a unit such as m3/h, mol/L, g/L REO" });
    const write =
      key === "setpoints" ? one.value("write_to", nodeId, { right: NODE_RIGHT }) : undefined;
    one.close();
    if (node !== undefined) out.set(name, { node, unit, write });
  }
  if (needed && map && out.size === 0 && map.keys().length === 0) {
    root.add(key, `found nothing in it; right would be ${right}`);
  }
  return out;
}

/** @param {import("./places.mjs").PlacedMap} root @returns {Mapping["atRest"]} */
function readAtRest(root) {
  const right = "true, false or {node: NODEID}";
  if (!root.has("at_rest")) {
    root.value("at_rest", bool, { right });
    return false;
  }
  const before = root.file.problems.length;
  const map = root.child("at_rest", { right });
  if (!map) {
    root.file.problems.length = before;
    return root.value("at_rest", bool, { right }) ?? false;
  }
  const node = map.value("node", nodeId, { needed: true, right: NODE_RIGHT });
  map.close();
  return { node: node ?? "" };
}

/**
 * Reads a mapping. Throws InputError with every problem, each with line, column and path.
 * @param {string} file
 * @param {string} [plant] in place of the file's
 * @returns {Mapping}
 */
export function readMapping(file, plant) {
  const placed = new PlacedFile(file);
  const root = placed.root();
  const raffinate = root.value("raffinate", url("https?"), {
    right: "an address such as http://127.0.0.1:7411",
    fallback: "http://127.0.0.1:7411",
  });
  const named = root.value("plant", like(/^plants\/[\w-]+$/), {
    right: "plants/ID, as `raffinate setpoints register` prints it",
  });
  const cycleMs = root.value("cycle", milliseconds, {
    right: "0.1 s to 24 h, such as 30 s, 5 min, 1 h",
    fallback: 60e3,
  });
  const folder = root.value("certificates", text, {
    right: "a folder, from the mapping's own",
    fallback: undefined,
  });
  const opcua = readOpcua(root);
  const serve = readServe(root);
  const atRest = readAtRest(root);
  const write = root.value("write", bool, { right: "true or false", fallback: false });
  const setpoints = readNodes(root, "setpoints", "present", true);
  const measurements = readNodes(root, "measurements", "node", false);
  const targets = [...setpoints.values()].filter((one) => one.write);
  if (write && targets.length === 0) {
    root.add("write", "found true, but no setpoint has write_to; right would be a write_to, or false");
  }
  if (!write && targets.length) {
    root.add("write", "is missing though setpoints have write_to; right would be write: true, or no write_to");
  }
  root.close();
  if (placed.problems.length) throw new InputError(placed.problems);
  return /** @type {Mapping} */ ({
    file,
    raffinate: String(raffinate).replace(/\/+$/, ""),
    plant: plant ?? named,
    cycleMs,
    opcua,
    serve,
    certificates: folder ? path.resolve(path.dirname(file), folder) : path.resolve(".raffinate-opcua"),
    atRest,
    write,
    setpoints,
    measurements,
  });
}
