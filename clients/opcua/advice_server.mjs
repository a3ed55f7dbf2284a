// The bridge's own OPC UA server: setpoints with unit, range and limits for a control system.

import {
  DataType,
  MessageSecurityMode,
  OPCUAServer,
  Range,
  SecurityPolicy,
  StatusCodes,
  certificates,
} from "./opcua.mjs";
import { informationOf } from "./units.mjs";

export const NAMESPACE = "urn:raffinate:setpoints";

/** How long clients that are connected are told that the server ends. */
const GOODBYE_MS = 200;

/** What becomes of a measurement, as a status code of its estimate. */
const OF_READING = /** @type {Record<string, import("node-opcua-client").StatusCode>} */ ({
  USED: StatusCodes.Good,
  MISSING: StatusCodes.UncertainNoCommunicationLastUsableValue,
  STALE: StatusCodes.UncertainLastUsableValue,
  BAD_QUALITY: StatusCodes.UncertainSensorNotAccurate,
  IMPLAUSIBLE: StatusCodes.UncertainEngineeringUnitsExceeded,
  GROSS_ERROR: StatusCodes.UncertainSensorNotAccurate,
  NOT_AT_REST: StatusCodes.UncertainSubNormal,
  REGISTERED: StatusCodes.UncertainSubstituteValue,
});

/**
 * @typedef {object} Published what clients are to see
 * @property {"starting" | "advice" | "held" | "refused" | "disconnected"} state
 * @property {string} reason
 * @property {boolean} plantConnected
 * @property {boolean} raffinateConnected
 * @property {any} [advice] raffinate.v1.SetpointAdvice, while it holds
 */

/** Status code of a setpoint in each state. */
export const OF_STATE = {
  starting: StatusCodes.BadWaitingForInitialData,
  advice: StatusCodes.Good,
  held: StatusCodes.UncertainLastUsableValue,
  refused: StatusCodes.BadOutOfService,
  disconnected: StatusCodes.BadNoCommunication,
};

/** @param {number | undefined} value */
const real = (value) => ({ dataType: DataType.Double, value: value ?? NaN });
/** @param {string | undefined} value */
const string = (value) => ({ dataType: DataType.String, value: value ?? "" });
/** @param {boolean | undefined} value */
const flag = (value) => ({ dataType: DataType.Boolean, value: Boolean(value) });
/** @param {Date | null} value */
const date = (value) => ({ dataType: DataType.DateTime, value });

export class AdviceServer {
  /** @param {import("./mapping.mjs").Mapping} mapping */
  constructor(mapping) {
    this.mapping = mapping;
    /** Variables by the text of their NodeIds. @type {Map<string, any>} */
    this.variables = new Map();
    /** @type {Map<string, any>} */
    this.objects = new Map();
  }

  /** Starts it; throws where the port is in use. */
  async start() {
    const { host, port, path, leastMode } = this.mapping.serve;
    const manager = await certificates(this.mapping.certificates);
    const modes = [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt];
    const server = new OPCUAServer({
      host,
      port,
      ...(host === "0.0.0.0" ? {} : { hostname: host }),
      resourcePath: path,
      serverCertificateManager: manager,
      userCertificateManager: manager,
      buildInfo: { productName: "Raffinate OPC UA bridge", manufacturerName: "Raffinate" },
      serverInfo: { applicationName: { text: "Raffinate OPC UA bridge", locale: "en" } },
      securityModes: modes.slice(modes.indexOf(MessageSecurityMode[leastMode])),
      securityPolicies: [
        ...(leastMode === "None" ? [SecurityPolicy.None] : []),
        SecurityPolicy.Basic256Sha256,
        SecurityPolicy.Aes128_Sha256_RsaOaep,
        SecurityPolicy.Aes256_Sha256_RsaPss,
      ],
    });
    this.server = server;
    await server.initialize();
    const space = server.engine.addressSpace;
    if (!space) throw new Error("the server has no address space");
    this.own = space.registerNamespace(NAMESPACE);
    this.root = this.own.addObject({
      organizedBy: space.rootFolder.objects,
      browseName: "Raffinate",
      nodeId: "s=raffinate",
    });
    for (const name of ["Setpoints", "Demands", "Measurements"]) {
      this.objects.set(
        name,
        this.own.addObject({
          componentOf: this.root,
          browseName: name,
          nodeId: `s=${name.toLowerCase()}`,
          typeDefinition: "FolderType",
        }),
      );
    }
    for (const quantity of this.mapping.setpoints.keys()) this.#addSetpoint(quantity);
    for (const quantity of this.mapping.measurements.keys()) this.#addMeasurement(quantity);
    this.publish({ state: "starting", reason: "", plantConnected: false, raffinateConnected: false });
    await server.start();
  }

  get endpoint() {
    return this.server?.getEndpointUrl() ?? "";
  }

  /** Ends it; clients are told. */
  async stop() {
    await this.server?.shutdown(GOODBYE_MS);
  }

  /**
   * Units and operating limits, as the plant of Raffinate has them.
   * @param {any} plant raffinate.v1.Plant
   */
  describe(plant) {
    this.#set(this.root, "plant", "Plant", string(plant.name));
    this.#set(this.root, "name", "Name", string(plant.flowsheet?.name));
    for (const quantity of plant.quantities ?? []) {
      const variable =
        this.variables.get(`setpoints.${quantity.name}`) ?? this.variables.get(`measurements.${quantity.name}`);
      if (!variable) continue;
      variable.engineeringUnits.setValueFromSource({
        dataType: DataType.ExtensionObject,
        value: informationOf(quantity.unit),
      });
      if (!quantity.setpoint) continue;
      variable.euRange.setValueFromSource({
        dataType: DataType.ExtensionObject,
        value: new Range({ low: quantity.min, high: quantity.max }),
      });
    }
  }

  /** @param {Published} what */
  publish({ state, reason, plantConnected, raffinateConnected, advice }) {
    const time = advice ? new Date(advice.time) : new Date();
    this.#set(this.root, "state", "State", string(state));
    this.#set(this.root, "reason", "Reason", string(reason));
    this.#set(this.root, "plant_connected", "PlantConnected", flag(plantConnected));
    this.#set(this.root, "raffinate_connected", "RaffinateConnected", flag(raffinateConnected));
    const status = OF_STATE[state];
    const of = /** @param {string} id @param {string} name @param {any} value */ (id, name, value) =>
      this.#set(this.root, id, name, value, status, time);
    of("advice_time", "AdviceTime", date(advice ? time : null));
    of("valid_until", "ValidUntil", date(advice ? new Date(advice.valid_until) : null));
    of("valid_until_reason", "ValidUntilReason", string(advice?.valid_until_reason));
    of("feasible", "Feasible", flag(advice?.feasible));
    of("objective", "Objective", string(advice?.objective));
    of("objective_unit", "ObjectiveUnit", string(advice?.objective_unit));
    of("objective_value", "ObjectiveValue", real(advice?.objective_value));
    of("cost_of_present", "CostOfPresent", real(advice?.cost_of_present));
    for (const quantity of this.mapping.setpoints.keys()) {
      const one = advice?.setpoints.find((/** @type {any} */ each) => each.setpoint === quantity);
      const parent = this.variables.get(`setpoints.${quantity}`);
      parent.setValueFromSource(real(one?.value), one || !advice ? status : StatusCodes.BadNoData, time);
      const part = /** @param {string} name @param {any} value */ (name, value) =>
        this.#set(parent, `setpoints.${quantity}.${name}`, name, value, status, time);
      part("Present", real(one?.present));
      part("LowLimit", real(one?.min));
      part("HighLimit", real(one?.max));
      const limit = one?.active_limit ?? "";
      part("ActiveLimit", string(limit === "LIMIT_UNSPECIFIED" ? "" : limit));
      part("Price", real(one?.price));
    }
    this.#publishDemands(advice, status, time);
    this.#publishReadings(advice, status);
  }

  /**
   * @param {any} advice
   * @param {import("node-opcua-client").StatusCode} status
   * @param {Date} time
   */
  #publishDemands(advice, status, time) {
    // Demands are known from the first advice on; without one those that are there lose theirs.
    const byName = new Map(
      (advice?.demands ?? []).map((/** @type {any} */ each) => [
        [each.product, each.figure, each.at_least ? "least" : "most"].filter(Boolean).join(" "),
        each,
      ]),
    );
    for (const name of new Set([...byName.keys(), ...(this.demands ?? [])])) {
      const one = byName.get(name);
      let parent = this.objects.get(`demands.${name}`);
      if (!parent) {
        parent = this.own?.addObject({
          componentOf: this.objects.get("Demands"),
          browseName: name,
          nodeId: `s=demands.${name}`,
        });
        this.objects.set(`demands.${name}`, parent);
      }
      const part = /** @param {string} key @param {any} value */ (key, value) =>
        this.#set(parent, `demands.${name}.${key}`, key, value, status, time);
      part("Value", real(one?.value));
      part("Present", real(one?.present_value));
      part("Limit", real(one?.limit));
      part("AtLeast", flag(one?.at_least));
      part("Unit", string(one?.unit));
      part("Met", flag(one?.met));
      part("Active", flag(one?.active));
      part("Violation", real(one?.violation));
      part("Price", real(one?.price));
    }
    this.demands = new Set([...(this.demands ?? []), ...byName.keys()]);
  }

  /**
   * @param {any} advice
   * @param {import("node-opcua-client").StatusCode} status
   */
  #publishReadings(advice, status) {
    for (const quantity of this.mapping.measurements.keys()) {
      const one = advice?.readings.find((/** @type {any} */ each) => each.quantity === quantity);
      const parent = this.variables.get(`measurements.${quantity}`);
      const time = one?.time ? new Date(one.time) : new Date();
      const own = one && one.estimate !== undefined ? OF_READING[one.status] : StatusCodes.BadNoData;
      const code = status.equals(StatusCodes.Good) ? own : status;
      parent.setValueFromSource(real(one?.estimate), code, time);
      const part = /** @param {string} key @param {any} value */ (key, value) =>
        this.#set(parent, `measurements.${quantity}.${key}`, key, value, status, time);
      part("Status", string(one?.status));
      part("Measured", real(one?.measured));
      part("EstimateSd", real(one?.estimate_sd));
    }
  }

  /** @param {string} quantity */
  #addSetpoint(quantity) {
    const variable = this.own?.addAnalogDataItem({
      componentOf: this.objects.get("Setpoints"),
      browseName: quantity,
      nodeId: `s=setpoints.${quantity}`,
      dataType: "Double",
      accessLevel: "CurrentRead",
      userAccessLevel: "CurrentRead",
      engineeringUnitsRange: { low: 0, high: 0 },
      engineeringUnits: informationOf("1"),
    });
    this.variables.set(`setpoints.${quantity}`, variable);
  }

  /** @param {string} quantity */
  #addMeasurement(quantity) {
    const variable = this.own?.addAnalogDataItem({
      componentOf: this.objects.get("Measurements"),
      browseName: quantity,
      nodeId: `s=measurements.${quantity}`,
      dataType: "Double",
      accessLevel: "CurrentRead",
      userAccessLevel: "CurrentRead",
      // Measured values have no operating limits: the widest range there is.
      engineeringUnitsRange: { low: -Number.MAX_VALUE, high: Number.MAX_VALUE },
      engineeringUnits: informationOf("1"),
    });
    this.variables.set(`measurements.${quantity}`, variable);
  }

  /**
   * Sets a property, and makes it where there is none yet.
   * @param {any} parent
   * @param {string} id
   * @param {string} name
   * @param {{dataType: number, value: unknown}} value
   * @param {import("node-opcua-client").StatusCode} [status]
   * @param {Date} [time]
   */
  #set(parent, id, name, value, status = StatusCodes.Good, time = new Date()) {
    let variable = this.variables.get(id);
    if (!variable) {
      variable = this.own?.addVariable({
        propertyOf: parent,
        browseName: name,
        nodeId: `s=${id}`,
        dataType: DataType[value.dataType],
        accessLevel: "CurrentRead",
        userAccessLevel: "CurrentRead",
        value,
      });
      this.variables.set(id, variable);
    }
    variable.setValueFromSource(value, status, time);
  }
}
