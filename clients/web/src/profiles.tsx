// What happens from stage to stage.

import { useMemo, useState } from "preact/hooks";
import { short } from "./figures";
import { Lines, type Bound, type Line } from "./lines";
import { Fold, Table } from "./parts";
import type { Simulation, StageState } from "./types";

interface Quantity {
  name: string;
  label: string;
  log: boolean;
  lines: (stages: StageState[], elements: string[]) => Line[];
}

const metal =
  (of: (m: StageState["metals"][number]) => number) =>
  (stages: StageState[], elements: string[]): Line[] => {
    const by = new Map(elements.map((e) => [e, new Array<number>(stages.length).fill(NaN)]));
    stages.forEach((s, i) => s.metals.forEach((m) => (by.get(m.element)![i] = of(m))));
    return [...by].map(([name, values]) => ({ name, values }));
  };

const single =
  (...parts: [string, (s: StageState) => number][]) =>
  (stages: StageState[]): Line[] =>
    parts.map(([name, of]) => ({ name, values: stages.map(of) }));

const QUANTITIES: Quantity[] = [
  { name: "Aqueous", label: "Aqueous, mol/L", log: true, lines: metal((m) => m.aqueous_mol_per_l) },
  { name: "Organic", label: "Organic, mol/L", log: true, lines: metal((m) => m.organic_mol_per_l) },
  { name: "Distribution D", label: "D", log: true, lines: metal((m) => m.d) },
  { name: "pH", label: "pH", log: false, lines: single(["pH", (s) => s.ph]) },
  {
    name: "Loading",
    label: "Share of the extractant",
    log: false,
    lines: single(["Loading", (s) => s.loading]),
  },
  {
    name: "Flows",
    label: "Flow, m³/h",
    log: false,
    lines: single(["Aqueous", (s) => s.aqueous_m3_per_h], ["Organic", (s) => s.organic_m3_per_h]),
  },
];

const TABLE_ROWS = 100;

function StageTable({ stages, elements }: { stages: StageState[]; elements: string[] }) {
  const [from, setFrom] = useState(0);
  return (
    <>
      <Table
        caption="Aqueous and organic molarity of each stage, mol/L"
        words={[1]}
        head={["Stage", "Section", "pH", ...elements.flatMap((e) => [`${e} aq`, `${e} org`])]}
        rows={stages.slice(from, from + TABLE_ROWS).map((s) => [
          s.stage,
          s.section,
          short(s.ph, 3),
          ...elements.flatMap((e) => {
            const found = s.metals.find((m) => m.element === e);
            return found
              ? [short(found.aqueous_mol_per_l, 3), short(found.organic_mol_per_l, 3)]
              : ["–", "–"];
          }),
        ])}
      />
      {stages.length > TABLE_ROWS && (
        <div class="toolbar pager">
          <button type="button" disabled={from === 0} onClick={() => setFrom(from - TABLE_ROWS)}>
            Back
          </button>
          <button
            type="button"
            disabled={from + TABLE_ROWS >= stages.length}
            onClick={() => setFrom(from + TABLE_ROWS)}
          >
            Next
          </button>
        </div>
      )}
    </>
  );
}

export function Profiles({ simulation }: { simulation: Simulation }) {
  const [chosen, setChosen] = useState("Aqueous");
  const circuits = useMemo(
    () => [...new Set((simulation.stages ?? []).map((s) => s.circuit ?? ""))],
    [simulation],
  );
  const [circuit, setCircuit] = useState<string | null>(null);
  const shown = circuit !== null && circuits.includes(circuit) ? circuit : (circuits[0] ?? "");
  const quantity = QUANTITIES.find((q) => q.name === chosen)!;
  const stages = useMemo(
    () => (simulation.stages ?? []).filter((s) => (s.circuit ?? "") === shown),
    [simulation, shown],
  );
  const elements = useMemo(
    () => [...new Set(stages.flatMap((s) => s.metals.map((m) => m.element)))],
    [stages],
  );
  const numbers = useMemo(() => stages.map((s) => s.stage), [stages]);
  const lines = useMemo(() => quantity.lines(stages, elements), [quantity, stages, elements]);
  const bounds = useMemo(() => {
    const out: Bound[] = [];
    stages.forEach((s, i) => {
      if (stages[i - 1]?.section !== s.section) out.push({ from: s.stage, name: s.section });
    });
    return out;
  }, [stages]);
  if (stages.length === 0) return <p class="empty">No stage profiles in this result.</p>;
  return (
    <>
      <div class="toolbar no-report">
        {circuits.length > 1 && (
          <label>
            Circuit{" "}
            <select value={shown} onChange={(event) => setCircuit(event.currentTarget.value)}>
              {circuits.map((c) => (
                <option key={c}>{c}</option>
              ))}
            </select>
          </label>
        )}
        <label>
          Show{" "}
          <select value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
            {QUANTITIES.map((q) => (
              <option key={q.name}>{q.name}</option>
            ))}
          </select>
        </label>
        <span class="hint">Drag across to zoom in, double click to zoom out.</span>
      </div>
      {circuits.length > 1 && <p class="only-report">Circuit {shown}</p>}
      <Lines label={quantity.label} log={quantity.log} stages={numbers} lines={lines} bounds={bounds} />
      <Fold title="As a table">{() => <StageTable stages={stages} elements={elements} />}</Fold>
    </>
  );
}
