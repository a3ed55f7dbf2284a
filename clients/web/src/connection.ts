// Whether the server answers. One place asks again, with growing pauses; everybody
// else waits for it.

import { useEffect, useState } from "preact/hooks";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;

let connected = true;
/** When the next try is, as a time of Date. */
let nextTry = 0;
let probing = false;
/** Counts returns: what was loaded before one may be stale. */
let returns = 0;
const listeners = new Set<() => void>();
let waiting: (() => void)[] = [];
let wake: (() => void) | null = null;

const tell = () => listeners.forEach((listener) => listener());

async function probe() {
  probing = true;
  let pause = FIRST_PAUSE_MS;
  while (!connected) {
    nextTry = Date.now() + pause;
    tell();
    await new Promise<void>((resolve) => {
      const timer = window.setTimeout(resolve, pause);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    try {
      const response = await fetch("/v1/optimizations?page_size=1");
      connected = response.status !== 502 && response.status !== 503;
    } catch {
      // Still gone.
    }
  }
  probing = false;
  ++returns;
  waiting.forEach((resume) => resume());
  waiting = [];
  tell();
}

/** Somebody got no answer. */
export function serverGone() {
  connected = false;
  if (!probing) void probe();
}

/** Resolves when the server answers; at once when it is not known to be gone. */
export const serverBack = () =>
  connected ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve));

export function tryNow() {
  wake?.();
}

/** The state, and again whenever it changes. */
export function useConnection() {
  const [, draw] = useState(0);
  useEffect(() => {
    const listener = () => draw((n) => n + 1);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return { connected, nextTry, returns };
}
