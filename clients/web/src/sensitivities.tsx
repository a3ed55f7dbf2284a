// How figures follow the numbers of the flowsheet; computed when asked for.

import { useMemo, useState } from "preact/hooks";
import * as api from "./api";
import { leverName, short, splitField } from "./figures";
import { ErrorBox, Table } from "./parts";
import type { Sensitivities, Simulation } from "./types";

const MOST = 12;

const title = (f: Sensitivities["figures"][number]) =>
  splitField(f.figure).label + (f.product ? ` ${f.product}` : "");

export function SensitivityPanel({ simulation }: { simulation: Simulation }) {
  const [found, setFound] = useState<Sensitivities | null>(simulation.sensitivities ?? null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const [chosen, setChosen] = useState(0);
  const load = async () => {
    setBusy(true);
    setError(null);
    try {
      const answer = await api.simulate(simulation.flowsheet!, true);
      const { sensitivities } = answer.simulation;
      // Of a pure product the impurity says more than the purity.
      const first = sensitivities?.figures.findIndex((f) => f.figure === "impurity") ?? -1;
      if (first >= 0) setChosen(first);
      if (sensitivities) setFound(sensitivities);
      else setError(new Error("The simulation did not converge, so it has no sensitivities."));
    } catch (caught) {
      setError(caught as Error);
    }
    setBusy(false);
  };
  const figure = found?.figures[chosen];
  const levers = useMemo(() => {
    if (!found || !figure) return [];
    return found.levers
      .map((lever, i) => ({
        name: leverName(lever.field, simulation.flowsheet),
        lever,
        derivative: figure.derivatives[i] ?? 0,
        elasticity: figure.elasticities[i] ?? 0,
      }))
      .sort((a, b) => Math.abs(b.elasticity) - Math.abs(a.elasticity))
      .slice(0, MOST);
  }, [found, figure]);
  if (!found) {
    return (
      <>
        <p>How much each figure moves when one number of the flowsheet moves by one per cent.</p>
        {error && <ErrorBox error={error} />}
        <button type="button" disabled={busy} onClick={() => void load()}>
          {busy ? "Computing…" : "Compute sensitivities"}
        </button>
      </>
    );
  }
  const most = Math.max(...levers.map((l) => Math.abs(l.elasticity)), 1e-300);
  return (
    <>
      <label class="no-report">
        Figure{" "}
        <select value={chosen} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
          {found.figures.map((f, i) => (
            <option key={i} value={i}>
              {title(f)}
            </option>
          ))}
        </select>
      </label>
      {figure && (
        <Table
          caption={`${title(figure)} is ${short(figure.value)}${figure.unit === "1" ? "" : ` ${figure.unit}`}; strongest first`}
          words={[0, 2]}
          head={["Number", "% per %", "", "Value"]}
          rows={levers.map((l) => [
            l.name,
            short(l.elasticity, 3),
            <svg class="bar" viewBox="-50 0 100 12" width="100" height="12" aria-hidden="true">
              <line x1="0" y1="0" x2="0" y2="12" class="zero" />
              <rect
                x={l.elasticity < 0 ? (50 * l.elasticity) / most : 0}
                y="1"
                width={(50 * Math.abs(l.elasticity)) / most}
                height="10"
                class={l.elasticity < 0 ? "less" : "more"}
              />
            </svg>,
            `${short(l.lever.value)}${l.lever.unit === "1" ? "" : ` ${l.lever.unit}`}`,
          ])}
        />
      )}
    </>
  );
}
