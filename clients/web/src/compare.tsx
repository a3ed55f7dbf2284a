// Designs side by side: every figure and every number that differs.

import { useEffect, useState } from "preact/hooks";
import * as api from "./api";
import { useConnection } from "./connection";
import { figureKeys, splitField, write } from "./figures";
import { ErrorBox, Table } from "./parts";
import { jobPath } from "./route";
import type { NumberLeaf, Simulation } from "./types";

// `flow_m3_per_h` as "flow, m³/h".
function words(field: string): string {
  const { label, unit } = splitField(field);
  return label.toLowerCase() + (unit ? `, ${unit}` : "");
}

// The numbers of a flowsheet by a name for people.
function numbers(simulation: Simulation): Map<string, string> {
  const out = new Map<string, string>();
  const put = (name: string, leaf: NumberLeaf | undefined) => {
    if (leaf?.value !== undefined) out.set(name, String(Number(leaf.value.toPrecision(5))));
  };
  const flowsheet = simulation.flowsheet ?? {};
  for (const stream of flowsheet.streams ?? []) {
    for (const [field, leaf] of Object.entries(stream)) {
      if (leaf && typeof leaf === "object" && !Array.isArray(leaf)) {
        put(`${stream.name}: ${words(field)}`, leaf as NumberLeaf);
      }
    }
  }
  const several = (flowsheet.circuits ?? []).length > 1;
  for (const circuit of flowsheet.circuits ?? []) {
    put(`${circuit.name}: organic, m³/h`, circuit.organic?.flow_m3_per_h);
    put(`${circuit.name}: extractant, mol/L`, circuit.extractant?.concentration_mol_per_l);
    for (const section of circuit.sections ?? []) {
      const place = several ? `${circuit.name} › ${section.name}` : section.name;
      for (const [field, leaf] of Object.entries(section)) {
        if (leaf && typeof leaf === "object" && !Array.isArray(leaf)) {
          put(`${place}: ${words(field)}`, leaf as NumberLeaf);
        }
      }
      for (const draw of section.draws ?? []) {
        put(`${draw.name}: share`, draw.share);
        put(`${draw.name}: flow, m³/h`, draw.flow_m3_per_h);
      }
    }
  }
  return out;
}

export function Compare(props: { job: string; indices: number[]; title: string }) {
  const { job, indices, title } = props;
  const [designs, setDesigns] = useState<Simulation[] | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [all, setAll] = useState(false);
  const { returns } = useConnection();
  const wantedKey = indices.join(",");
  useEffect(() => {
    let wanted = true;
    setDesigns(null);
    setError(null);
    Promise.all(indices.map((i) => api.design(job, i)))
      .then((found) => wanted && setDesigns(found))
      .catch((caught: unknown) => {
        if (wanted && !(caught instanceof api.Unreachable)) setError(caught as Error);
      });
    return () => {
      wanted = false;
    };
  }, [job, wantedKey, designs === null ? returns : 0]);

  const heads = indices.map((i) => `Design ${i + 1}`);
  const keys = figureKeys((designs ?? []).map((d) => d.figures)).filter((k) => !k.id.endsWith("@"));
  const figureRows = (designs ? keys : [])
    .map((key) => ({ key, values: designs!.map((d) => write(key, key.value(d.figures))) }))
    .filter(({ values }) => all || new Set(values).size > 1);
  const maps = (designs ?? []).map(numbers);
  const names = [...new Set(maps.flatMap((map) => [...map.keys()]))];
  const numberRows = names
    .map((name) => ({ name, values: maps.map((map) => map.get(name) ?? "–") }))
    .filter(({ values }) => all || new Set(values).size > 1);
  return (
    <section aria-labelledby="compare-title">
      <p class="crumbs">
        <a href="#/jobs">Jobs</a> / <a href={jobPath(job)}>{title}</a> / side by side
      </p>
      <h1 id="compare-title">Side by side</h1>
      {error && <ErrorBox error={error} />}
      {indices.length < 2 && <p class="empty">Pick at least two designs of the front.</p>}
      {!designs && !error && <p class="hint">Loading…</p>}
      {designs && (
        <>
          <label>
            <input
              type="checkbox"
              checked={all}
              onChange={(event) => setAll(event.currentTarget.checked)}
            />{" "}
            Also what is the same
          </label>
          <p class="toolbar">
            {indices.map((i) => (
              <a key={i} class="chip" href={`${jobPath(job)}/designs/${i + 1}`}>
                Design {i + 1}
              </a>
            ))}
          </p>
          <div class="card">
            <h2>The designs</h2>
            <Table
              caption="Numbers of the flowsheets"
              hideCaption
              head={["Number", ...heads]}
              rows={numberRows.map(({ name, values }) => [name, ...values])}
            />
          </div>
          <div class="card">
            <h2>Their figures</h2>
            <Table
              caption="Figures"
              hideCaption
              head={["Figure", ...heads]}
              rows={figureRows.map(({ key, values }) => [
                `${key.label}${key.unit ? `, ${key.unit}` : ""}`,
                ...values,
              ])}
            />
          </div>
        </>
      )}
    </section>
  );
}
