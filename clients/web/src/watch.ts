// A job followed to its end, through losses of the server.

import { useEffect, useState } from "preact/hooks";
import * as api from "./api";
import { serverBack } from "./connection";
import { ended } from "./parts";
import type { Flowsheet, Optimization, Simulation } from "./types";

export interface Watched {
  job: Optimization | null;
  flowsheet: Flowsheet | undefined;
  pareto: { objectives: number[] }[];
  log: string[];
  /** Figures of the ended job's designs, as far as loaded. */
  designs: Simulation[];
  total: number;
  error: Error | null;
}

const EMPTY: Watched = {
  job: null,
  flowsheet: undefined,
  pareto: [],
  log: [],
  designs: [],
  total: 0,
  error: null,
};
const LOG_LINES = 500;

async function follow(name: string, signal: AbortSignal, set: (change: Partial<Watched>) => void) {
  const whole = await api.get(name);
  set({ job: whole, flowsheet: whole.flowsheet });
  // The stream begins with the present state and the whole log, also after a loss.
  let log: string[] = [];
  let state = whole.state;
  for await (const message of api.watch(name, signal)) {
    state = message.optimization.state;
    log = [...log, ...message.log].slice(-LOG_LINES);
    set({
      job: message.optimization,
      log,
      ...(message.pareto.length > 0 ? { pareto: message.pareto } : {}),
    });
  }
  if (!ended(state)) throw new api.Unreachable("the stream ended before the job");
}

async function load(name: string, signal: AbortSignal, set: (change: Partial<Watched>) => void) {
  let token = "";
  const designs: Simulation[] = [];
  let shown = 0;
  do {
    const page = await api.figuresPage(name, token, signal);
    designs.push(...page.flowsheets);
    token = page.next_page_token;
    // Not at every page: each is a picture.
    if (!token || designs.length >= 2 * shown) {
      shown = designs.length;
      set({ designs: [...designs], total: page.total_size });
    }
  } while (token);
}

export function useWatch(name: string): Watched {
  const [state, setState] = useState<Watched>(EMPTY);
  useEffect(() => {
    const abort = new AbortController();
    const set = (change: Partial<Watched>) => {
      if (!abort.signal.aborted) setState((old) => ({ ...old, ...change }));
    };
    setState(EMPTY);
    void (async () => {
      for (const step of [follow, load]) {
        for (let done = false; !done && !abort.signal.aborted; ) {
          try {
            await step(name, abort.signal, set);
            done = true;
          } catch (error) {
            if (abort.signal.aborted) return;
            if (!(error instanceof api.Unreachable)) {
              set({ error: error as Error });
              return;
            }
            await serverBack();
          }
        }
      }
    })();
    return () => abort.abort();
  }, [name]);
  return state;
}
