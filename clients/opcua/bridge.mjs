// The round: what the plant holds → Raffinate's advice → the bridge's own server.

import { setTimeout as sleep } from "node:timers/promises";
import { AdviceServer } from "./advice_server.mjs";
import { Gateway, Refused, Unreachable } from "./gateway.mjs";
import { PlantClient, PlantUnreachable } from "./plant_client.mjs";
import { measuredState, nodesOf, refusalOf } from "./state.mjs";
import { writable } from "./write_back.mjs";

/** A side that is gone is tried again after this, or a cycle where that is shorter. */
const AGAIN_MS = 5e3;
/** Timers of Node.js end there. */
const LONGEST_MS = 2 ** 31 - 1;

export class Bridge {
  /**
   * @param {import("./mapping.mjs").Mapping & {plant: string}} mapping
   * @param {(line: string) => void} log
   */
  constructor(mapping, log) {
    this.mapping = mapping;
    this.log = log;
    this.gateway = new Gateway(mapping.raffinate);
    this.client = new PlantClient(mapping.opcua, mapping.certificates, nodesOf(mapping));
    this.server = new AdviceServer(mapping);
    this.stopping = new AbortController();
    /** raffinate.v1.Plant, once Raffinate has said it. @type {any} */
    this.plant = undefined;
    /** The last advice, and whether it is that of the last round. @type {any} */
    this.advice = undefined;
    this.fresh = false;
    this.raffinateConnected = false;
    /** What keeps the last round from an advice; "" when nothing does. */
    this.reason = "not asked yet";
    this.asked = false;
    /** @type {NodeJS.Timeout | undefined} */
    this.expiry = undefined;
    // After a start nobody knows when advice was last followed: an interval has to pass.
    this.lastWrite = Date.now();
    this.said = "";
  }

  /** Starts the own server and the rounds. Throws where its port is in use. */
  async start() {
    await this.server.start();
    this.log(`advice is served at ${this.server.endpoint}`);
    this.rounds = this.#rounds();
  }

  /** Ends the rounds and the server. */
  async stop() {
    this.stopping.abort();
    clearTimeout(this.expiry);
    await this.rounds;
    await this.client.disconnect();
    await this.server.stop();
  }

  async #rounds() {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const started = Date.now();
      await this.round();
      if (signal.aborted) break;
      const both = this.client.connected && this.raffinateConnected;
      const pause = both ? this.mapping.cycleMs : Math.min(this.mapping.cycleMs, AGAIN_MS);
      const left = Math.max(0, started + pause - Date.now());
      await sleep(left, undefined, { signal }).catch(() => {});
    }
  }

  /** One round; says and publishes what comes of it, and never throws what a side did. */
  async round() {
    // Both at once, so that either is seen to be gone while the other is.
    const [plant, readings] = await Promise.allSettled([this.#plant(), this.#read()]);
    const failures = [plant, readings].flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    if (plant.status === "fulfilled" && readings.status === "fulfilled") {
      const measured = measuredState(this.mapping, readings.value, new Date());
      await this.#advise(measured, readings.value).catch((error) => failures.push(error));
    }
    if (this.stopping.signal.aborted) return;
    for (const error of failures) {
      const known = [PlantUnreachable, Unreachable, Refused].some((each) => error instanceof each);
      if (!known) throw error;
      if (error instanceof Unreachable) this.raffinateConnected = false;
    }
    if (failures.length) {
      this.fresh = false;
      this.reason = failures
        .map((error) => (error instanceof Refused ? `${error.reason}: ${error.message}` : error.message))
        .join("; ");
    }
    this.asked = true;
    this.#publish();
  }

  async #read() {
    if (this.client.connected) {
      try {
        return await this.client.read();
      } catch (error) {
        if (!(error instanceof PlantUnreachable)) throw error;
        // Servers close what is idle between two cycles: only a new connection that fails tells.
      }
    }
    await this.client.connect();
    return this.client.read();
  }

  /** Asks for the plant, unless it is known and an advice is asked for in this round anyway. */
  async #plant() {
    if (this.plant && this.raffinateConnected && this.client.connected) return;
    try {
      this.plant = await this.gateway.plant(this.mapping.plant, this.stopping.signal);
    } catch (error) {
      if (error instanceof Refused) this.raffinateConnected = true;
      throw error;
    }
    this.raffinateConnected = true;
    this.server.describe(this.plant);
  }

  /**
   * @param {import("./state.mjs").Measured} measured
   * @param {Map<string, import("./plant_client.mjs").NodeReading>} readings
   */
  async #advise(measured, readings) {
    const unusable = measured.problems.length ? `; of the plant ${measured.problems.join("; ")}` : "";
    try {
      this.advice = await this.gateway.advise(this.mapping.plant, measured.state, this.stopping.signal);
      this.reason = measured.problems.join("; ");
      this.fresh = true;
    } catch (error) {
      this.fresh = false;
      if (!(error instanceof Refused)) throw error;
      this.reason = refusalOf(error, measured) + unusable;
      return;
    }
    if (this.mapping.write) await this.#write(readings);
  }

  /** @param {Map<string, import("./plant_client.mjs").NodeReading>} readings */
  async #write(readings) {
    const now = Date.now();
    if (now - this.lastWrite < this.plant.interval_h * 3600e3) return;
    const { writes, why } = writable(this.mapping, this.plant, this.advice, readings, now);
    for (const each of why) this.log(`not written: ${each}`);
    if (!writes.length) return;
    this.lastWrite = now;
    for (const { setpoint, node, value } of writes) {
      const refused = await this.client.write(node, value);
      this.log(refused ? `not written: ${setpoint}: ${node}: ${refused}` : `written: ${setpoint} = ${value} to ${node}`);
    }
  }

  /** What clients see now. @returns {import("./advice_server.mjs").Published} */
  #published() {
    const plantConnected = this.client.connected;
    const { raffinateConnected } = this;
    const sides = { plantConnected, raffinateConnected };
    if (!this.asked) return { ...sides, state: "starting", reason: this.reason };
    const connected = plantConnected && raffinateConnected;
    const holds = this.advice && Date.now() < Date.parse(this.advice.valid_until);
    if (holds) {
      const fresh = this.fresh && connected;
      return {
        ...sides,
        state: fresh ? "advice" : "held",
        reason: this.reason,
        advice: this.advice,
      };
    }
    const over = this.advice
      ? `the advice of ${this.advice.time} held until ${this.advice.valid_until}: ${this.advice.valid_until_reason}`
      : "";
    return {
      ...sides,
      state: connected ? "refused" : "disconnected",
      reason: [this.reason, over].filter(Boolean).join("; "),
    };
  }

  #publish() {
    clearTimeout(this.expiry);
    const published = this.#published();
    this.server.publish(published);
    const line = `${published.state}${published.reason ? `: ${published.reason}` : ""}`;
    if (line !== this.said) this.log(line);
    this.said = line;
    if (!published.advice) return;
    // Its end does not wait for a round: a side that is gone can keep one long.
    const left = Date.parse(this.advice.valid_until) - Date.now();
    this.expiry = setTimeout(() => this.#publish(), Math.min(Math.max(left, 0) + 1, LONGEST_MS));
  }
}
