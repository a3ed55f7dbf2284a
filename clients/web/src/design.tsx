// Everything about one design.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import * as api from "./api";
import { useConnection } from "./connection";
import { download, fileName, reportHtml, stagesCsv } from "./download";
import { Drawing } from "./drawing";
import { CLASSES, num, percent, short, splitField } from "./figures";
import { ErrorBox, Evidence, Fold, Table } from "./parts";
import { Profiles } from "./profiles";
import { RobustnessPanel, isUncertain } from "./robustness";
import { jobPath } from "./route";
import { SensitivityPanel } from "./sensitivities";
import { keptSimulation } from "./simulations";
import { TheoryPanel } from "./theory";
import type { ExtractantSystem, Flag, Simulation } from "./types";

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function FiguresPanel({ simulation }: { simulation: Simulation }) {
  const { figures } = simulation;
  const whole = Object.entries(figures).filter(
    ([name, value]) => typeof value === "number" && name !== "products",
  );
  const main = ["stages", "acid_kg_per_t_reo", "base_kg_per_t_reo", "wastewater_m3_per_t_reo", "cost_usd_per_kg_reo", "co2e_kg_per_kg_reo"];
  return (
    <>
      <Table
        caption="Products"
        head={["Product", "Purity, %", "Recovery, %", "Oxide, kg/h"]}
        rows={figures.products.map((p) => [
          p.product,
          percent(p.impurity),
          percent(1 - p.recovery),
          short(p.reo_kg_per_h),
        ])}
      />
      <dl class="facts big">
        {main
          .filter((name) => typeof figures[name] === "number")
          .map((name) => {
            const { label, unit } = splitField(name);
            return (
              <div key={name}>
                <dt>{label}</dt>
                <dd>
                  {short(num(figures[name]))} <small>{unit}</small>
                </dd>
              </div>
            );
          })}
      </dl>
      <Fold title={`All ${whole.length} figures`}>
        {() => (
          <Table
            caption="Figures"
            hideCaption
            words={[0, 2]}
            head={["Figure", "Value", "Unit"]}
            rows={whole.map(([name, value]) => {
              const { label, unit } = splitField(name);
              return [label, short(num(value)), unit];
            })}
          />
        )}
      </Fold>
    </>
  );
}

function Streams({ simulation }: { simulation: Simulation }) {
  const streams = simulation.streams ?? [];
  const elements = [...new Set(streams.flatMap((s) => s.metals.map((m) => m.element)))];
  if (streams.length === 0) return <p class="empty">No streams in this result.</p>;
  return (
    <Table
      caption="Streams; metals in mol/L"
      words={[0, 1]}
      head={["Stream", "Role", "Flow, m³/h", "Acid, mol/L", ...elements]}
      rows={streams.map((s) => [
        s.name,
        s.role,
        short(s.flow_m3_per_h),
        short(s.free_acid_mol_per_l, 3),
        ...elements.map((e) => {
          const metal = s.metals.find((m) => m.element === e);
          return metal ? short(metal.mol_per_l, 3) : "–";
        }),
      ])}
    />
  );
}

function Elements({ simulation }: { simulation: Simulation }) {
  return (
    <Fold title="Where each element goes">
      {() => (
        <Table
          caption="Shares of what enters"
          hideCaption
          words={[0, 1, 2]}
          head={["Element", "Leaves by", "As", "kg/h", "Share, %"]}
          rows={(simulation.elements ?? []).map((e) => [
            e.element,
            e.stream,
            e.kind.toLowerCase(),
            short(e.kg_per_h),
            short(100 * e.share),
          ])}
        />
      )}
    </Fold>
  );
}

function Balance({ simulation }: { simulation: Simulation }) {
  const plant = simulation.plant;
  if (!plant) {
    return (
      <>
        <p class="empty">
          No balance of reagents: the extractant system has constant separation factors and knows no
          reagents.
        </p>
        <Elements simulation={simulation} />
      </>
    );
  }
  return (
    <>
      <div class="split">
        <Table
          caption="Reagents"
          words={[0, 1]}
          head={["Reagent", "For", "kg/h", "kg/t oxide"]}
          rows={plant.reagents.map((r) => [r.name, r.purpose, short(r.kg_per_h), short(r.kg_per_t_reo)])}
        />
        <Table
          caption="Effluent"
          head={["Species", "kg/h", "mg/L", "Limit, mg/L", "Over limit"]}
          rows={plant.effluent.map((e) => [
            e.name,
            short(e.kg_per_h),
            short(e.mg_per_l),
            e.limit_mg_per_l === undefined ? "–" : short(e.limit_mg_per_l),
            e.over_limit === undefined ? (
              "–"
            ) : e.over_limit > 1 ? (
              <strong class="bad">▲ {short(e.over_limit, 3)} ×</strong>
            ) : (
              `${short(e.over_limit, 3)} ×`
            ),
          ])}
        />
      </div>
      <Elements simulation={simulation} />
      {plant.notes.length > 0 && (
        <ul class="notes">
          {plant.notes.map((note, i) => (
            <li key={i}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Economics({ simulation }: { simulation: Simulation }) {
  const plant = simulation.plant;
  if (!plant || plant.costs.length === 0) return null;
  return (
    <section class="card" aria-labelledby="cost-title">
      <h2 id="cost-title">Cost and carbon</h2>
      <Table
        caption="Products"
        words={[0, 1]}
        head={["Product", "Price basis", "Price, USD/kg", "Cost, USD/kg", "CO₂e, kg/kg"]}
        rows={plant.products.map((p) => [
          p.product,
          p.price_basis,
          short(p.price_usd_per_kg),
          short(p.cost_usd_per_kg),
          short(p.co2e_kg_per_kg),
        ])}
      />
      <div class="split">
        <Table
          caption="Cost"
          words={[0, 1]}
          head={["Item", "Group", "USD/h", "USD/kg oxide"]}
          rows={plant.costs.map((c) => [c.name, c.group, short(c.usd_per_h), short(c.usd_per_kg_reo)])}
        />
        <Table
          caption="Carbon"
          head={["Item", "kg CO₂e/h", "per kg oxide"]}
          rows={plant.carbon.map((c) => [c.name, short(c.kg_co2e_per_h), short(c.kg_co2e_per_kg_reo)])}
        />
      </div>
    </section>
  );
}

function Provenance({ simulation }: { simulation: Simulation }) {
  const evidence = simulation.evidence;
  const [system, setSystem] = useState<ExtractantSystem | null>(null);
  const name = evidence?.extractant_system ?? "";
  const known = evidence?.origin === "BUILT_IN";
  useEffect(() => {
    if (!known || !name) return;
    let wanted = true;
    void api
      .extractantSystem(name)
      .then((found) => wanted && setSystem(found))
      .catch(() => undefined);
    return () => {
      wanted = false;
    };
  }, [name, known]);
  const present = useMemo(
    () => new Set((simulation.streams ?? []).flatMap((s) => s.metals.map((m) => m.element))),
    [simulation],
  );
  if (!evidence) return <p class="empty">No provenance in this result.</p>;
  const constants = (system?.constants ?? []).filter((c) => present.has(c.element));
  return (
    <>
      <p>
        Extractant system <strong>{name}</strong>
        {known ? ", built in" : ", defined in the flowsheet"}. Weakest constant:{" "}
        <Evidence of={evidence.weakest_class} />
        {evidence.weakest_elements.length > 0 && ` (${evidence.weakest_elements.join(", ")})`}.
        {system?.source && ` ${system.source}`}
        {system?.doi && ` doi:${system.doi}`}
      </p>
      <Table
        caption="Weakest constant behind each product"
        words={[0, 1, 2]}
        head={["Product", "Class", "Elements"]}
        rows={evidence.products.map((p) => [
          p.product,
          <Evidence of={p.weakest_class} />,
          p.weakest_elements.join(", "),
        ])}
      />
      {constants.length > 0 && (
        <Table
          caption="Constants of the elements in this plant"
          words={[0, 2, 3]}
          head={["Element", "log₁₀ K", "Class", "Source"]}
          rows={constants.map((c) => [
            c.element,
            c.log10_k === undefined ? "–" : short(c.log10_k),
            <Evidence of={c.provenance} />,
            c.source + (c.doi ? ` doi:${c.doi}` : ""),
          ])}
        />
      )}
      {simulation.plant && simulation.plant.data.length > 0 && (
        <Fold title={`Prices, factors and limits (${simulation.plant.data.length})`}>
          {() => (
            <Table
              caption="Prices, factors and limits that were used"
              hideCaption
              words={[0, 2, 3, 4, 5]}
              head={["Name", "Value", "Unit", "Of", "Class", "Source"]}
              rows={simulation.plant!.data.map((d) => [
                d.name,
                short(d.value),
                d.unit,
                d.date,
                d.overridden ? "given in the file" : <Evidence of={d.provenance} />,
                d.source,
              ])}
            />
          )}
        </Fold>
      )}
      <p class="hint key">
        From strong to weak:{" "}
        {Object.keys(CLASSES).map((c) => (
          <span key={c}>
            <Evidence of={c} />{" "}
          </span>
        ))}
      </p>
    </>
  );
}

function Flags({ flags }: { flags: Flag[] }) {
  if (flags.length === 0) return <p class="good">✓ Nothing is flagged.</p>;
  return (
    <ul class="flags">
      {flags.map((flag, i) => (
        <li key={i}>
          <strong>
            ⚠ {capital(flag.code.toLowerCase().replaceAll("_", " ")).replace(/^Ph\b/, "pH")}
            {flag.section ? `, ${flag.section}` : ""}
          </strong>
          <br />
          {flag.message}
        </li>
      ))}
    </ul>
  );
}

/** The parts of a design, without what is around them. */
export function DesignPanels({ simulation, heading }: { simulation: Simulation; heading: string }) {
  const root = useRef<HTMLDivElement>(null);
  const [error, setError] = useState<Error | null>(null);
  const name = fileName(heading);
  const yaml = async () => {
    setError(null);
    try {
      const answer = await api.format(simulation.flowsheet!);
      download(`${name}.yaml`, "application/yaml", answer.text);
    } catch (caught) {
      setError(caught as Error);
    }
  };
  // With what is folded, which is made only when it is opened.
  const report = async () => {
    const folded = [...root.current!.querySelectorAll<HTMLDetailsElement>("details:not([open])")];
    folded.forEach((fold) => (fold.open = true));
    const made = () => folded.every((fold) => fold.childElementCount > 1);
    for (let i = 0; i < 100 && !made(); ++i) await new Promise((next) => setTimeout(next, 20));
    download(`${name}.html`, "text/html", reportHtml(heading, root.current!));
    folded.forEach((fold) => (fold.open = false));
  };
  const convergence = simulation.convergence;
  return (
    <div ref={root} class="design">
      <div class="toolbar">
        <h1>{heading}</h1>
        <span class="grow" />
        <button type="button" onClick={() => void yaml()}>
          Flowsheet file
        </button>
        <button
          type="button"
          onClick={() => download(`${name}-stages.csv`, "text/csv", stagesCsv(simulation))}
        >
          CSV of the stages
        </button>
        <button type="button" onClick={() => void report()}>
          Report
        </button>
      </div>
      {error && <ErrorBox error={error} />}
      {convergence && !convergence.converged && (
        <p class="error-box" role="alert">
          This flowsheet did not converge; its figures are no result. {convergence.message}
        </p>
      )}
      <section class="card" aria-labelledby="figures-title">
        <h2 id="figures-title">Figures</h2>
        <FiguresPanel simulation={simulation} />
      </section>
      <section class="card" aria-labelledby="drawing-title">
        <h2 id="drawing-title">Flowsheet</h2>
        <Drawing simulation={simulation} />
        <Fold title="Streams as a table">{() => <Streams simulation={simulation} />}</Fold>
      </section>
      <section class="card" aria-labelledby="profiles-title">
        <h2 id="profiles-title">Stage profiles</h2>
        <Profiles simulation={simulation} />
      </section>
      <section class="card" aria-labelledby="flags-title">
        <h2 id="flags-title">Flags</h2>
        <Flags flags={simulation.flags ?? []} />
      </section>
      <section class="card" aria-labelledby="balance-title">
        <h2 id="balance-title">Reagents and effluent</h2>
        <Balance simulation={simulation} />
      </section>
      {simulation.figures.minimum && (
        <section class="card" aria-labelledby="theory-title">
          <h2 id="theory-title">Against theory</h2>
          <TheoryPanel figures={simulation.figures} minimum={simulation.figures.minimum} />
        </section>
      )}
      <Economics simulation={simulation} />
      {(simulation.robustness || isUncertain(simulation.flowsheet)) && (
        <section class="card" aria-labelledby="robustness-title">
          <h2 id="robustness-title">If things differ</h2>
          <RobustnessPanel simulation={simulation} />
        </section>
      )}
      <section class="card" aria-labelledby="sensitivity-title">
        <h2 id="sensitivity-title">Sensitivities</h2>
        <SensitivityPanel simulation={simulation} />
      </section>
      <section class="card" aria-labelledby="provenance-title">
        <h2 id="provenance-title">Provenance</h2>
        <Provenance simulation={simulation} />
      </section>
    </div>
  );
}

/** A design of a job. */
export function DesignView(props: { job: string; index: number; title: string; total: number }) {
  const { job, index, title, total } = props;
  const [simulation, setSimulation] = useState<Simulation | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const { returns } = useConnection();
  useEffect(() => {
    let wanted = true;
    setSimulation(null);
    setError(null);
    api
      .design(job, index)
      .then((found) => wanted && setSimulation(found))
      .catch((caught: unknown) => {
        if (wanted && !(caught instanceof api.Unreachable)) setError(caught as Error);
      });
    return () => {
      wanted = false;
    };
    // After a loss what is shown is still right; only what is missing is loaded.
  }, [job, index, simulation === null ? returns : 0]);
  return (
    <section>
      <p class="crumbs">
        <a href="#/jobs">Jobs</a> / <a href={jobPath(job)}>{title}</a> / design {index + 1}
        <span class="grow" />
        {index > 0 && <a href={`${jobPath(job)}/designs/${index}`}>← Design {index}</a>}{" "}
        {index + 1 < total && <a href={`${jobPath(job)}/designs/${index + 2}`}>Design {index + 2} →</a>}
      </p>
      {error && <ErrorBox error={error} />}
      {simulation ? (
        <DesignPanels simulation={simulation} heading={`${title}, design ${index + 1}`} />
      ) : (
        !error && <p class="hint">Loading…</p>
      )}
    </section>
  );
}

/** What was simulated from the editor. */
export function SimulationView({ id }: { id: string }) {
  const kept = keptSimulation(id);
  if (!kept) {
    return (
      <section>
        <h1>Simulation</h1>
        <p class="empty">
          Simulations last as long as the page. <a href="#/">The file is still in the editor.</a>
        </p>
      </section>
    );
  }
  return (
    <section>
      <p class="crumbs">
        <a href="#/">{kept.file}</a> / simulation
      </p>
      <DesignPanels
        simulation={kept.simulation}
        heading={kept.simulation.flowsheet?.name || kept.file}
      />
    </section>
  );
}
