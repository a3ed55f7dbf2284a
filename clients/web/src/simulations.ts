// Simulations that were made on this page: they are no jobs of the server.

import type { Simulation } from "./types";

const kept = new Map<string, { simulation: Simulation; file: string }>();
let count = 0;

export function keepSimulation(simulation: Simulation, file: string): string {
  const id = String(++count);
  kept.set(id, { simulation, file });
  return id;
}

export const keptSimulation = (id: string) => kept.get(id);
