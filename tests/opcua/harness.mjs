// Both sides of the bridge for its tests: a server of Raffinate, the simulated plant, the bridge
// itself as a program, and a control system that subscribes to it.
//
// RAFFINATE_PROGRAM: the program; RAFFINATE_OPCUA: the folder with the bridge and its packages.

import { spawn, spawnSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const here = path.dirname(new URL(import.meta.url).pathname);
export const examples = path.join(here, "../../examples/setpoints");
const folder = process.env.RAFFINATE_OPCUA;

/** A module of the bridge. */
export const part = (name) => import(pathToFileURL(path.join(folder, name)).href);

if (!existsSync(path.join(folder, "node_modules"))) {
  console.log("no npm packages could be fetched: the OPC UA bridge is not tested");
  process.exit(77);
}
const { AttributeIds, OPCUAClient, TimestampsToReturn } = await part("opcua.mjs");
const { Bridge } = await part("bridge.mjs");
const { readMapping } = await part("mapping.mjs");
const { DemoPlant } = await part("demo_plant.mjs");

/** Waits are long: a slow machine is not a failure. */
export const PATIENCE_MS = 60_000;

/** Folders of this run, removed at its end. */
export const scratch = mkdtempSync(path.join(tmpdir(), "raffinate-opcua-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
let count = 0;
export const fresh = (name) => path.join(scratch, `${name}-${++count}`);

/** A child process whose lines are awaited. */
class Program extends EventEmitter {
  constructor(command, args, options = {}) {
    super();
    this.lines = [];
    this.errors = "";
    this.child = spawn(command, args, options);
    let rest = "";
    this.child.stdout.on("data", (data) => {
      const parts = (rest + data).split("\n");
      rest = parts.pop();
      this.lines.push(...parts);
      this.emit("change");
    });
    this.child.stderr.on("data", (data) => (this.errors += data));
    this.ended = new Promise((resolve) => {
      this.child.once("exit", (code, signal) => {
        this.code = code ?? signal;
        this.emit("change");
        resolve(this.code);
      });
    });
  }

  /** What a pattern finds in a line from `from` on, once it is there. */
  line(pattern, from = 0) {
    return until(this, () => {
      for (const line of this.lines.slice(from)) {
        const found = pattern.exec(line);
        if (found) return found;
      }
      if (this.code !== undefined) throw new Error(`ended with ${this.code}: ${this.lines.join("\n")}${this.errors}`);
      return undefined;
    }, `a line like ${pattern}`);
  }

  async end(signal = "SIGKILL") {
    if (this.code === undefined) this.child.kill(signal);
    return this.ended;
  }
}

/** What `test` returns as soon as it returns something, asked at every change of the emitter. */
export function until(emitter, test, what) {
  return new Promise((resolve, reject) => {
    const finish = (act, value) => {
      clearTimeout(timer);
      emitter.off("change", look);
      act(value);
    };
    const look = () => {
      try {
        const found = test();
        if (found) finish(resolve, found);
      } catch (error) {
        finish(reject, error);
      }
    };
    const timer = setTimeout(
      () => finish(reject, new Error(`waited in vain for ${what}; now ${emitter.describe?.() ?? ""}`)),
      PATIENCE_MS,
    );
    emitter.on("change", look);
    look();
  });
}

/** `raffinate serve`, started again on the same ports and jobs. */
export class Raffinate {
  constructor() {
    this.folder = scratch;
    this.db = fresh("jobs.db");
    this.port = this.grpc = 0;
  }

  async start() {
    this.program = new Program(process.env.RAFFINATE_PROGRAM, [
      "serve",
      "--listen",
      `127.0.0.1:${this.grpc}`,
      "--http-address",
      `127.0.0.1:${this.port}`,
      "--db",
      this.db,
    ]);
    this.grpc = Number((await this.program.line(/listens on 127\.0\.0\.1:(\d+)/))[1]);
    this.port = Number((await this.program.line(/http:\/\/127\.0\.0\.1:(\d+)/))[1]);
    this.url = `http://127.0.0.1:${this.port}`;
  }

  /** Registers the example, its text changed; plants/ID. */
  register(change = (text) => text) {
    const file = `${fresh("plant")}.yaml`;
    writeFileSync(file, change(readFileSync(path.join(examples, "la-nd-plant.yaml"), "utf8")));
    const out = spawnSync(
      process.env.RAFFINATE_PROGRAM,
      ["setpoints", "register", "--server", `127.0.0.1:${this.grpc}`, file],
      { encoding: "utf8" },
    );
    if (out.status !== 0) throw new Error(out.stderr);
    return out.stdout.trim();
  }

  stop(signal = "SIGKILL") {
    return this.program.end(signal);
  }
}

/** The simulated plant in this process. */
export async function startPlant(options, certificates = path.join(scratch, "pki-plant")) {
  const plant = new DemoPlant(0, certificates, options);
  await plant.start();
  return plant;
}

/** The simulated plant as a program of its own, to be killed. */
export async function spawnPlant(port = 0) {
  const program = new Program(process.execPath, [path.join(folder, "demo_plant.mjs"), String(port)], {
    cwd: scratch,
  });
  const [, endpoint, found] = await program.line(/(opc\.tcp:\/\/127\.0\.0\.1:(\d+)\/)/);
  return Object.assign(program, { endpoint, port: Number(found) });
}

/** The example's mapping for these addresses, its text changed; its path. */
export function mappingFor({ raffinate, endpoint, change = (text) => text }) {
  const text = readFileSync(path.join(examples, "la-nd-opcua.yaml"), "utf8")
    .replace("http://127.0.0.1:7411", raffinate)
    .replace("opc.tcp://127.0.0.1:4850", endpoint)
    .replace("port: 4851", "port: 0")
    .replace("cycle: 10 s", `cycle: 0.2 s\ncertificates: ${path.join(scratch, "pki-bridge")}`);
  const file = `${fresh("mapping")}.yaml`;
  writeFileSync(file, change(text));
  return file;
}

/** The bridge in this process, with the lines it logs. */
export async function startBridge(plant, file) {
  const log = Object.assign(new EventEmitter(), { lines: [] });
  const running = new Bridge(readMapping(file, plant), (line) => {
    log.lines.push(line);
    log.emit("change");
  });
  await running.start();
  return {
    endpoint: running.server.endpoint,
    line: (pattern) => until(log, () => log.lines.find((line) => pattern.test(line)), `a line like ${pattern}`),
    end: () => running.stop(),
  };
}

/** The bridge as a program, up to where its server is there. */
export async function spawnBridge(plant, file) {
  const program = bridge(["--plant", plant, file]);
  const [, endpoint] = await program.line(/served at (\S+)/);
  return Object.assign(program, { endpoint });
}

/** The bridge with these arguments. */
export const bridge = (args, env = {}) =>
  new Program(process.execPath, [path.join(folder, "main.mjs"), ...args], {
    cwd: scratch,
    env: { ...process.env, ...env },
  });

/** A control system: subscribes to nodes of the bridge and waits for what they show. */
export class Dcs extends EventEmitter {
  constructor(endpoint) {
    super();
    this.endpoint = endpoint;
    this.seen = new Map();
  }

  async connect(names) {
    this.client = OPCUAClient.create({
      endpointMustExist: false,
      connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 1000 },
    });
    await this.client.connect(this.endpoint);
    this.session = await this.client.createSession();
    const read = await this.session.read({ nodeId: "i=2255", attributeId: AttributeIds.Value });
    this.index = read.value.value.indexOf("urn:raffinate:setpoints");
    this.subscription = await this.session.createSubscription2({
      requestedPublishingInterval: 50,
      requestedLifetimeCount: 1000,
      requestedMaxKeepAliveCount: 20,
      maxNotificationsPerPublish: 100,
      publishingEnabled: true,
      priority: 1,
    });
    for (const name of names) {
      const item = await this.subscription.monitor(
        { nodeId: this.id(name), attributeId: AttributeIds.Value },
        { samplingInterval: 50, queueSize: 100, discardOldest: true },
        TimestampsToReturn.Both,
      );
      item.on("changed", (data) => {
        this.seen.set(name, data);
        this.emit("change");
      });
    }
  }

  id(name) {
    return `ns=${this.index};s=${name}`;
  }

  value(name) {
    return this.seen.get(name)?.value?.value;
  }

  status(name) {
    return this.seen.get(name)?.statusCode?.name;
  }

  describe() {
    return [...this.seen].map(([name, data]) => `${name}=${data.value?.value} ${data.statusCode.name}`).join(", ");
  }

  until(test, what) {
    return until(this, test, what);
  }

  /** Values of nodes, read now. */
  async read(...names) {
    const data = await this.session.read(
      names.map((name) => ({ nodeId: this.id(name), attributeId: AttributeIds.Value })),
    );
    return data.map((each) => each.value.value);
  }

  async end() {
    await this.subscription?.terminate().catch(() => {});
    await this.session?.close().catch(() => {});
    await this.client?.disconnect().catch(() => {});
  }
}
