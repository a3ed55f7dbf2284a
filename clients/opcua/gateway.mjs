// Calls of Raffinate's JSON API.

/** Raffinate does not answer. */
export class Unreachable extends Error {}

/** Raffinate answers that it will not: `reason` as in docs/errors.md. */
export class Refused extends Error {
  /**
   * @param {string} reason
   * @param {string} message
   * @param {{field: string, description: string}[]} violations
   */
  constructor(reason, message, violations) {
    super(message);
    this.reason = reason;
    this.violations = violations;
  }
}

export class Gateway {
  /**
   * @param {string} address
   * @param {number} [patienceMs] a call that takes longer is given up
   */
  constructor(address, patienceMs = 60e3) {
    this.address = address;
    this.patienceMs = patienceMs;
  }

  /**
   * The answer. Throws Unreachable or Refused.
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {AbortSignal} [stop]
   */
  async call(method, path, body, stop) {
    const patience = AbortSignal.timeout(this.patienceMs);
    const both = new AbortController();
    const abort = () => both.abort();
    for (const signal of [patience, stop]) signal?.addEventListener("abort", abort, { once: true });
    let status = 0;
    let text = "";
    try {
      const answer = await fetch(`${this.address}/v1/${path}`, {
        method,
        headers: { "Content-Type": "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: both.signal,
      });
      status = answer.status;
      text = await answer.text();
    } catch (error) {
      const cause = /** @type {{cause?: {code?: string}, message: string}} */ (error);
      const why = patience.aborted ? `no answer in ${this.patienceMs / 1e3} s` : (cause.cause?.code ?? cause.message);
      throw new Unreachable(`Raffinate at ${this.address} cannot be reached: ${why}`);
    } finally {
      stop?.removeEventListener("abort", abort);
    }
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      throw new Unreachable(`${this.address} is not Raffinate: answer ${status} is not JSON`);
    }
    if (status === 200) return value;
    if (status === 503) throw new Unreachable(`Raffinate at ${this.address}: ${value.message}`);
    const details = value.details ?? [];
    throw new Refused(
      details.find((/** @type {any} */ one) => one.reason)?.reason ?? `HTTP ${status}`,
      value.message ?? `answer ${status}`,
      details.flatMap((/** @type {any} */ one) => one.field_violations ?? []),
    );
  }

  /**
   * @param {string} name plants/ID
   * @param {AbortSignal} [stop]
   */
  plant(name, stop) {
    return this.call("GET", name, undefined, stop);
  }

  /**
   * @param {string} name plants/ID
   * @param {object} state raffinate.v1.MeasuredState
   * @param {AbortSignal} [stop]
   */
  async advise(name, state, stop) {
    return (await this.call("POST", `${name}:advise`, { state }, stop)).advice;
  }
}
