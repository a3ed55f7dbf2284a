// A simulated plant's OPC UA server with the nodes of examples/setpoints/la-nd-opcua.yaml: what a
// newcomer, and the tests, lead the bridge with. Values stand still but for what is written.
//
//   node clients/opcua/demo_plant.mjs [PORT]

import { realpathSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { DataType, EUInformation, OPCUAServer, StatusCodes, certificates } from "./opcua.mjs";
import { informationOf } from "./units.mjs";

const URI = "urn:raffinate:demo-plant";

/** NodeId, value, unit, highest value of the instrument. */
const SIGNALS = /** @type {const} */ ([
  ["FT101.PV", 1002, "L/h", 2000],
  ["AT101.La", 15.1, "g/L", 50],
  ["AT101.Nd", 15.3, "g/L", 50],
  ["FIC201.SP", 0.1, "m3/h", 0.3],
  ["FIC301.SP", 0.14, "m3/h", 0.4],
  ["QIC401.SP", 0.285, "1", 1],
  ["FT501.PV", 1.101, "m3/h", 2],
  ["FT601.PV", 139.7, "L/h", 500],
]);

export class DemoPlant {
  /**
   * @param {number} port 0: a free one
   * @param {string} folder of certificates
   * @param {{without?: string[]}} [options] nodes that are not there
   */
  constructor(port, folder, { without = [] } = {}) {
    this.port = port;
    this.folder = folder;
    this.without = without;
    this.endpoint = "";
    /** @type {Map<string, any>} */
    this.nodes = new Map();
  }

  /** Starts it, a second time on the same port. */
  async start() {
    const manager = await certificates(this.folder);
    this.manager = manager;
    const server = new OPCUAServer({
      port: this.port,
      host: "127.0.0.1",
      hostname: "127.0.0.1",
      resourcePath: "/",
      serverCertificateManager: manager,
      userCertificateManager: manager,
      buildInfo: { productName: "Simulated plant" },
    });
    this.server = server;
    await server.initialize();
    const space = server.engine.addressSpace;
    if (!space) throw new Error("the server has no address space");
    const own = space.registerNamespace(URI);
    const folder = own.addFolder(space.rootFolder.objects, { browseName: "Plant" });
    for (const [name, value, unit, high] of SIGNALS) {
      if (this.without.includes(name)) continue;
      const node = own.addAnalogDataItem({
        componentOf: folder,
        browseName: name,
        nodeId: `s=${name}`,
        dataType: "Double",
        engineeringUnitsRange: { low: 0, high },
        engineeringUnits: informationOf(unit),
        value: { dataType: DataType.Double, value },
      });
      this.nodes.set(name, node);
    }
    const rest = own.addVariable({
      componentOf: folder,
      browseName: "AtRest",
      nodeId: "s=AtRest",
      dataType: "Boolean",
      value: { dataType: DataType.Boolean, value: false },
    });
    this.nodes.set("AtRest", rest);
    await server.start();
    this.endpoint = server.getEndpointUrl();
    this.port = Number(/:(\d+)/.exec(this.endpoint)?.[1]);
    this.beat();
  }

  /** Every value is measured anew: same value, time of now. */
  beat() {
    for (const [name] of this.nodes) this.set(name);
  }

  /**
   * @param {string} name
   * @param {{value?: unknown, status?: import("node-opcua-client").StatusCode, time?: Date,
   *   dataType?: number}} [what] what changes
   */
  set(name, { value, status = StatusCodes.Good, time = new Date(), dataType } = {}) {
    const node = this.nodes.get(name);
    const before = node.readValue().value;
    node.setValueFromSource(
      { dataType: dataType ?? before.dataType, value: value ?? before.value },
      status,
      time,
    );
  }

  /** @param {string} name */
  value(name) {
    return this.nodes.get(name).readValue().value.value;
  }

  /** @param {string} name @param {InstanceType<typeof EUInformation>} information */
  setUnit(name, information) {
    this.nodes.get(name).engineeringUnits.setValueFromSource({
      dataType: DataType.ExtensionObject,
      value: information,
    });
  }

  async stop() {
    await this.server?.shutdown(0);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  const plant = new DemoPlant(Number(process.argv[2] ?? 4850), path.resolve(".raffinate-opcua/plant"));
  await plant.start();
  console.log(`simulated plant at ${plant.endpoint}`);
  const timer = setInterval(() => plant.beat(), 1000);
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    process.once(signal, async () => {
      clearInterval(timer);
      await plant.stop();
    });
  }
}
