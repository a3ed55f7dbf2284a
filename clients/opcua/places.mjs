// A YAML file read field by field, every problem kept with its line, column and path.

import { readFileSync } from "node:fs";
import { LineCounter, isMap, isScalar, parseDocument } from "yaml";

/** What is wrong with an input file; its message has one line per problem. */
export class InputError extends Error {
  /** @param {string[]} problems */
  constructor(problems) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** @param {unknown} node a YAML node; what stands there, for a message */
function shown(node) {
  if (isScalar(node)) return JSON.stringify(node.value);
  return isMap(node) ? "a map" : node ? "a list" : "nothing";
}

/** One file and what was found wrong in it. */
export class PlacedFile {
  /** @param {string} file path; throws what the file system says */
  constructor(file) {
    this.file = file;
    this.lines = new LineCounter();
    /** @type {string[]} */
    this.problems = [];
    this.document = parseDocument(readFileSync(file, "utf8"), { lineCounter: this.lines });
    for (const error of this.document.errors) {
      const { line, col } = this.lines.linePos(error.pos[0]);
      this.problems.push(`${file}:${line}:${col}: ${error.message.split("\n")[0]}`);
    }
  }

  /** The file as a map; throws InputError where it is not YAML or no map. */
  root() {
    if (this.problems.length) throw new InputError(this.problems);
    if (!isMap(this.document.contents)) {
      throw new InputError([
        `${this.file}:1:1: found ${shown(this.document.contents)}; right would be a map of keys`,
      ]);
    }
    return new PlacedMap(this, this.document.contents, "");
  }

  /**
   * @param {unknown} node
   * @param {string} path
   * @param {string} message
   */
  add(node, path, message) {
    const range = /** @type {{range?: number[] | null} | null} */ (node)?.range;
    const { line, col } = this.lines.linePos(range?.[0] ?? 0);
    this.problems.push(`${this.file}:${line}:${col}: ${path ? `${path}: ` : ""}${message}`);
  }
}

/** A map whose keys are taken one after another; what is left over is unknown. */
export class PlacedMap {
  /**
   * @param {PlacedFile} file
   * @param {import("yaml").YAMLMap} map
   * @param {string} path
   */
  constructor(file, map, path) {
    this.file = file;
    this.map = map;
    this.path = path;
    /** @type {Set<string>} */
    this.taken = new Set();
  }

  /** @param {string} key */
  pathOf(key) {
    return this.path ? `${this.path}.${key}` : key;
  }

  /** @returns {string[]} */
  keys() {
    return this.map.items.map((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key));
  }

  /** @param {string} key */
  has(key) {
    return this.keys().includes(key);
  }

  /** @param {string} key */
  #node(key) {
    this.taken.add(key);
    const pair = this.map.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    return pair && { key: pair.key, value: pair.value };
  }

  /**
   * A problem at a key, or at the map where the key is missing.
   * @param {string} key
   * @param {string} message
   */
  add(key, message) {
    const found = this.#node(key);
    this.file.add(found ? (found.value ?? found.key) : this.map, this.pathOf(key), message);
  }

  /**
   * A map below a key; undefined where there is none, with a problem where it is needed.
   * @param {string} key
   * @param {{needed?: boolean, right: string}} options
   */
  child(key, { needed = false, right }) {
    const found = this.#node(key);
    if (!found) {
      if (needed) this.add(key, `is missing; right would be ${right}`);
      return undefined;
    }
    if (isMap(found.value)) return new PlacedMap(this.file, found.value, this.pathOf(key));
    this.add(key, `found ${shown(found.value)}; right would be ${right}`);
    return undefined;
  }

  /**
   * A value that a test accepts, `fallback` where the key is absent; a problem else.
   * @template T
   * @param {string} key
   * @param {(value: unknown) => T | undefined} test undefined: not right
   * @param {{needed?: boolean, right: string, fallback?: T}} options
   * @returns {T | undefined}
   */
  value(key, test, { needed = false, right, fallback }) {
    const found = this.#node(key);
    if (!found) {
      if (needed) this.add(key, `is missing; right would be ${right}`);
      return fallback;
    }
    const value = isScalar(found.value) ? test(found.value.value) : undefined;
    if (value === undefined) this.add(key, `found ${shown(found.value)}; right would be ${right}`);
    return value;
  }

  /** Names every key that nobody asked for. */
  close() {
    for (const pair of this.map.items) {
      const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
      if (this.taken.has(key)) continue;
      const known = [...this.taken].join(", ");
      this.file.add(pair.key, this.pathOf(key), `is no key here; right would be one of: ${known}`);
    }
  }
}
