// A server and a browser for the tests of the page.
//
// RAFFINATE_PROGRAM: the program; RAFFINATE_MODULES: the folder with playwright-core;
// RAFFINATE_CHROMIUM: the browser; RAFFINATE_SHOTS: where pictures go.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const modules = process.env.RAFFINATE_MODULES;
/** What the build of the page installed. */
export const installed = createRequire(path.join(modules, "x.js"));
const { chromium } = installed("playwright-core");

/** Where pictures of the page are kept, to be looked at. */
export const shots = process.env.RAFFINATE_SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

/** Waits are long: a slow machine is not a failure. */
export const PATIENCE_MS = 120_000;

/** The folder of the project. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

export const source = (name) => readFileSync(path.join(root, "examples", name), "utf8");

/** A search that ends soon. */
export const small = (evaluations = 1500) =>
  source("magnet-optimize.yaml").replace("evaluations: 20000", `evaluations: ${evaluations}`);

export class Server {
  constructor() {
    this.folder = mkdtempSync(path.join(tmpdir(), "raffinate-web-"));
    this.port = 0;
  }

  /** Starts it, a second time on the same port and jobs. */
  async start() {
    const child = spawn(process.env.RAFFINATE_PROGRAM, [
      "serve",
      "--listen",
      "127.0.0.1:0",
      "--http-address",
      `127.0.0.1:${this.port}`,
      "--db",
      path.join(this.folder, "jobs.db"),
    ]);
    this.child = child;
    let out = "";
    let err = "";
    child.stderr.on("data", (data) => (err += data));
    const [, port] = await new Promise((resolve, reject) => {
      child.stdout.on("data", (data) => {
        out += data;
        const found = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(out);
        if (found) resolve(found);
      });
      child.on("exit", (code) => reject(new Error(`serve ended with ${code}: ${out}${err}`)));
    });
    this.port = Number(port);
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Ends it, by default without a goodbye. */
  async stop(signal = "SIGKILL") {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  }

  async call(method, where, body) {
    const answer = await fetch(this.url + where, {
      method,
      headers: { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, value: await answer.json() };
  }

  /** A job made without the page, run to its end. */
  async run(text) {
    const { value } = await this.call("POST", "/v1/flowsheets:parse", { text, file_name: "a.yaml" });
    const job = await this.call("POST", "/v1/optimizations", { flowsheet: value.flowsheet });
    const stream = await fetch(`${this.url}/v1/${job.value.name}:watch`);
    await stream.text();
    return job.value.name;
  }

  async close() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const launch = () =>
  chromium.launch({
    executablePath: process.env.RAFFINATE_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });

/** A page that fails the test when it has an error or asks anybody but its server. */
export async function openPage(browser, server, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
    reducedMotion: "reduce",
    acceptDownloads: true,
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(`error: ${error.stack}`));
  page.on("console", (message) => {
    // What a gone server leaves in the console is meant.
    if (message.type() === "error" && !/Failed to load resource|ERR_/.test(message.text())) {
      page.problems.push(`console: ${message.text()}`);
    }
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(server.url) && !/^(blob|data|file):/.test(url)) {
      page.problems.push(`outside request: ${url}`);
    }
  });
  return page;
}

export async function shot(page, name, fullPage = false) {
  if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage });
}
