// The plant's OPC UA server, read as readings of Raffinate.

import {
  AttributeIds,
  DataType,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  StatusCodes,
  TimestampsToReturn,
  UserTokenType,
  VariantArrayType,
  certificates,
  makeBrowsePath,
  resolveNodeId,
} from "./opcua.mjs";
import { unitOf } from "./units.mjs";

const NAMESPACES = "i=2255";
/** A call that takes longer is given up. */
const PATIENCE_MS = 10e3;
const INTEGERS = [
  DataType.SByte,
  DataType.Byte,
  DataType.Int16,
  DataType.UInt16,
  DataType.Int32,
  DataType.UInt32,
];

/** The plant's server does not answer. */
export class PlantUnreachable extends Error {}

/**
 * @typedef {object} NodeReading what a node holds
 * @property {string} node as in the mapping
 * @property {number} [value] absent: `problem` says why
 * @property {boolean} [flag] of a Boolean
 * @property {string} [unit] as UDUNITS reads it
 * @property {Date} [time] of the source, or of the server where the source gives none
 * @property {"GOOD" | "UNCERTAIN" | "BAD"} quality
 * @property {string} [problem] what is wrong with it
 */

/** @param {{dataType: number, arrayType: number, value: unknown} | null} variant */
function numberOf(variant) {
  if (!variant || variant.arrayType !== VariantArrayType.Scalar) return undefined;
  const { dataType, value } = variant;
  if (dataType === DataType.Int64 || dataType === DataType.UInt64) {
    const [high, low] = /** @type {number[]} */ (value);
    return (dataType === DataType.Int64 ? high | 0 : high) * 2 ** 32 + low;
  }
  const real = dataType === DataType.Double || dataType === DataType.Float;
  if (!real && !INTEGERS.includes(dataType)) return undefined;
  return Number.isFinite(value) ? Number(value) : undefined;
}

/**
 * @param {string} node
 * @param {import("node-opcua-client").DataValue} data
 * @returns {NodeReading}
 */
function readingOf(node, data) {
  const status = data.statusCode;
  const quality = status.isGood() ? "GOOD" : status.isBad() ? "BAD" : "UNCERTAIN";
  const time = data.sourceTimestamp ?? data.serverTimestamp ?? undefined;
  const value = numberOf(data.value);
  const flag = data.value?.dataType === DataType.Boolean ? Boolean(data.value.value) : undefined;
  let problem;
  if (quality !== "GOOD") problem = status.name;
  else if (value === undefined && flag === undefined) {
    problem = `no finite number, but ${DataType[data.value?.dataType ?? DataType.Null]}`;
  } else if (!time) problem = "no timestamp";
  return { node, value, flag, time, quality, problem };
}

export class PlantClient {
  /**
   * @param {import("./mapping.mjs").Mapping["opcua"]} server
   * @param {string} folder of certificates
   * @param {string[]} nodes all that will be read
   */
  constructor(server, folder, nodes) {
    this.server = server;
    this.folder = folder;
    this.nodes = nodes;
    /** @type {import("node-opcua-client").OPCUAClient | undefined} */
    this.client = undefined;
    /** @type {import("node-opcua-client").ClientSession | undefined} */
    this.session = undefined;
    /** @type {Awaited<ReturnType<typeof certificates>> | undefined} */
    this.trusted = undefined;
    /** @type {string[]} */
    this.namespaces = [];
    /** Nodes of the units, by node. @type {Map<string, import("node-opcua-client").NodeId>} */
    this.unitNodes = new Map();
  }

  get connected() {
    return this.session !== undefined;
  }

  /** Connects where there is no session. Throws PlantUnreachable. */
  async connect() {
    if (this.session) return;
    const { endpoint, security, user, password } = this.server;
    // Read anew each time: what was trusted since counts.
    const trusted = await certificates(this.folder);
    this.trusted = trusted;
    const client = OPCUAClient.create({
      applicationName: "Raffinate OPC UA bridge",
      clientCertificateManager: trusted,
      // A cycle may be longer than a session lives without a word.
      keepSessionAlive: true,
      connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 1000 },
      securityMode: MessageSecurityMode[security.mode],
      securityPolicy: SecurityPolicy[/** @type {"None"} */ (security.policy)],
      endpointMustExist: false,
      defaultTransactionTimeout: PATIENCE_MS,
    });
    this.client = client;
    await this.#guard(async () => {
      await client.connect(endpoint);
      const session = await client.createSession(
        user === undefined
          ? { type: UserTokenType.Anonymous }
          : { type: UserTokenType.UserName, userName: user, password: password ?? "" },
      );
      const read = await session.read({ nodeId: NAMESPACES, attributeId: AttributeIds.Value });
      this.namespaces = read.value.value ?? [];
      this.unitNodes.clear();
      this.session = session;
    });
  }

  /** Ends the session, if there is one, and never throws. */
  async disconnect() {
    const { client, session, trusted } = this;
    this.client = this.session = this.trusted = undefined;
    const ended = (async () => {
      await session?.close().catch(() => {});
      await client?.disconnect().catch(() => {});
      await trusted?.dispose();
    })();
    await before(ended, PATIENCE_MS).catch(() => {});
  }

  /**
   * What every node holds now. Throws PlantUnreachable.
   * @returns {Promise<Map<string, NodeReading>>}
   */
  async read() {
    return this.#guard(async () => {
      const session = this.#open();
      /** @type {Map<string, NodeReading>} */
      const out = new Map();
      const known = this.nodes.filter((node) => {
        if (this.#resolve(node)) return true;
        out.set(node, { node, quality: "BAD", problem: "its namespace is not on this server" });
        return false;
      });
      await this.#findUnits(known);
      const withUnit = known.filter((node) => this.unitNodes.has(node));
      const ids = [
        ...known.map((node) => /** @type {string} */ (this.#resolve(node))),
        ...withUnit.map((node) => this.unitNodes.get(node)),
      ];
      const message = await session.read(
        ids.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })),
        0,
      );
      known.forEach((node, i) => out.set(node, readingOf(node, message[i])));
      withUnit.forEach((node, i) => {
        const unit = unitOf(message[known.length + i].value?.value);
        Object.assign(/** @type {NodeReading} */ (out.get(node)), { unit });
      });
      return out;
    });
  }

  /**
   * Writes a number in the node's own type; the name of the status code where the server
   * refuses, undefined when it is written. Throws PlantUnreachable.
   * @param {string} node
   * @param {number} value
   */
  async write(node, value) {
    return this.#guard(async () => {
      const session = this.#open();
      const nodeId = this.#resolve(node);
      if (!nodeId) return "its namespace is not on this server";
      const held = await session.read({ nodeId, attributeId: AttributeIds.Value });
      const dataType = held.value.dataType;
      if (dataType !== DataType.Double && dataType !== DataType.Float) {
        return `it holds ${DataType[dataType]}, not Double or Float`;
      }
      const status = await session.write({
        nodeId,
        attributeId: AttributeIds.Value,
        value: { value: { dataType, value } },
      });
      return status.equals(StatusCodes.Good) ? undefined : status.name;
    });
  }

  #open() {
    if (!this.session) throw new Error("not connected");
    return this.session;
  }

  /** @param {string} node; with its namespace as an index of this server, or nothing */
  #resolve(node) {
    const found = /^nsu=([^;]+);(.*)$/.exec(node);
    if (!found) return node;
    const index = this.namespaces.indexOf(found[1]);
    return index < 0 ? undefined : `ns=${index};${found[2]}`;
  }

  /** Finds the nodes of the units that are not known yet. @param {string[]} nodes */
  async #findUnits(nodes) {
    const open = nodes.filter((node) => !this.unitNodes.has(node));
    if (!open.length) return;
    const paths = open.map((node) =>
      makeBrowsePath(resolveNodeId(/** @type {string} */ (this.#resolve(node))), ".EngineeringUnits"),
    );
    const results = await this.#open().translateBrowsePath(paths);
    results.forEach((result, i) => {
      const target = result.targets?.[0];
      if (result.statusCode.isGood() && target) this.unitNodes.set(open[i], target.targetId);
    });
  }

  /**
   * @template T
   * @param {() => Promise<T>} action
   * @returns {Promise<T>}
   */
  async #guard(action) {
    try {
      return await before(action(), PATIENCE_MS);
    } catch (error) {
      await this.disconnect();
      const why = error instanceof Error ? error.message.trim().split("\n")[0] : String(error);
      throw new PlantUnreachable(`the plant at ${this.server.endpoint} cannot be reached: ${why}`);
    }
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @returns {Promise<T>}
 */
async function before(promise, ms) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ms / 1e3} s`)), ms);
  });
  try {
    return await /** @type {Promise<T>} */ (Promise.race([promise, late]));
  } finally {
    clearTimeout(timer);
  }
}
