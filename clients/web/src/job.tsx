// One job: how far the search is, the front as it moves, designs picked from it.

import { useEffect, useMemo, useState } from "preact/hooks";
import * as api from "./api";
import { Compare } from "./compare";
import { DesignView } from "./design";
import { download, figuresCsv, fileName } from "./download";
import {
  figureKeys,
  objectiveAxis,
  objectiveKey,
  objectivesOf,
  short,
  write,
  type FigureKey,
} from "./figures";
import { ended, ErrorBox, Fold, State, Table } from "./parts";
import { go, jobPath } from "./route";
import { Scatter, SHAPES } from "./scatter";
import type { Figures, Optimization, Progress } from "./types";
import { useWatch } from "./watch";

const MOST_PICKED = 4;
const ROWS = 25;
const MARKS: Record<(typeof SHAPES)[number], string> = {
  square: "■",
  triangle: "▲",
  diamond: "◆",
  cross: "✚",
};
const NOTHING: number[] = [];

const STOPS: Record<string, string> = {
  evaluations: "all simulations made",
  wall_time: "time used up",
  stagnation: "nothing better found for long",
  cancelled: "stopped",
  exhausted: "every possible design simulated",
};

function duration(s: number): string {
  if (s < 90) return `${Math.round(s)} s`;
  if (s < 5400) return `${Math.round(s / 60)} min`;
  return `${short(s / 3600, 2)} h`;
}

function share(job: Optimization, progress: Progress): number | null {
  if (ended(job.state)) return 1;
  const evaluations = Number(progress.evaluations);
  const left = progress.remaining_s * progress.evaluations_per_s;
  return left > 0 ? evaluations / (evaluations + left) : null;
}

function ProgressPanel({ job, log }: { job: Optimization; log: string[] }) {
  const progress = job.progress;
  if (!progress) return <p class="hint">Waits for its turn.</p>;
  const part = share(job, progress);
  const facts: [string, string][] = [
    ["Simulations", Number(progress.evaluations).toLocaleString()],
    ["Generations", String(progress.generations)],
    ["Designs on the front", String(progress.pareto_size)],
    ["Hypervolume", short(progress.hypervolume, 5)],
    ["Converged", `${short(100 * progress.converged_share, 3)} %`],
  ];
  if (progress.pareto_size === 0) facts.push(["Misses demands by", short(progress.least_violation)]);
  if (!ended(job.state)) {
    facts.push(["Speed", `${short(progress.evaluations_per_s, 3)} /s`]);
    if (progress.remaining_s > 0) facts.push(["Left", duration(progress.remaining_s)]);
  } else if (progress.stop_reason) {
    facts.push(["Ended", STOPS[progress.stop_reason] ?? progress.stop_reason]);
  }
  return (
    <>
      {!ended(job.state) && (
        <progress aria-label="Progress of the search" {...(part === null ? {} : { value: part })} />
      )}
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {log.length > 0 && (
        <Fold title={`Log (${log.length} line${log.length > 1 ? "s" : ""})`}>
          {() => (
            <pre class="log" tabIndex={0}>
              {log.join("\n")}
            </pre>
          )}
        </Fold>
      )}
    </>
  );
}

function AxisChoice(props: {
  label: string;
  keys: FigureKey[];
  value: string;
  onChange: (id: string) => void;
}) {
  return (
    <label class="axis-choice">
      {props.label}
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.keys.map((key) => (
          <option key={key.id} value={key.id}>
            {key.label}
            {key.unit ? `, ${key.unit}` : ""}
          </option>
        ))}
      </select>
    </label>
  );
}

// "0,4,17" of an address.
const readIndices = (text: string | undefined) =>
  (text ?? "")
    .split(",")
    .filter((t) => /^\d+$/.test(t))
    .map((t) => Number(t) - 1)
    .filter((i) => i >= 0);

export function Job({ id, rest }: { id: string; rest: string[] }) {
  const name = `optimizations/${id}`;
  const watched = useWatch(name);
  const { job, designs, pareto, flowsheet } = watched;
  const [picked, setPicked] = useState<number[]>([]);
  const [brushed, setBrushed] = useState<Set<number> | null>(null);
  const [axes, setAxes] = useState<[string, string] | null>(null);
  const [page, setPage] = useState(0);
  const [error, setError] = useState<Error | null>(null);

  const final = designs.length > 0;
  // Until the designs are there, the values of the objectives are what is known.
  const figures = useMemo<Figures[]>(
    () =>
      final
        ? designs.map((d) => d.figures)
        : pareto.map((point) => ({ products: [], objectives: point.objectives })),
    [final, designs, pareto],
  );
  const objectives = useMemo(() => objectivesOf(flowsheet), [flowsheet]);
  const allKeys = useMemo(() => (final ? figureKeys(figures) : []), [final, figures]);
  const keys = useMemo(
    () => (final ? allKeys : objectives.map(objectiveAxis)),
    [final, allKeys, objectives],
  );
  const shownKeys = useMemo(() => {
    if (!final) return keys;
    const found = objectives
      .map((objective) => objectiveKey(objective, keys))
      .filter((key) => key !== undefined);
    return found.length > 0 ? found : keys.slice(0, 3);
  }, [final, objectives, keys]);
  const axis = (index: 0 | 1) =>
    keys.find((key) => key.id === axes?.[index]) ?? shownKeys[index] ?? keys[index] ?? keys[0];
  const x = axis(0);
  const y = axis(1);
  const xs = useMemo(() => (x ? figures.map(x.value) : []), [figures, x?.id]);
  const ys = useMemo(() => (y ? figures.map(y.value) : []), [figures, y?.id]);

  // Indices of a moving front mean nothing a moment later.
  useEffect(() => {
    setPicked([]);
    setBrushed(null);
    setPage(0);
  }, [name, final]);

  const toggle = (index: number) =>
    setPicked((old) =>
      old.includes(index)
        ? old.filter((i) => i !== index)
        : [...old.slice(old.length >= MOST_PICKED ? 1 : 0), index],
    );
  const rows = useMemo(() => {
    const all = brushed ? [...brushed].sort((a, b) => a - b) : figures.map((_, i) => i);
    return all.filter((i) => i < figures.length);
  }, [brushed, figures]);

  if (watched.error) {
    return (
      <section>
        <h1>Job {id}</h1>
        <ErrorBox error={watched.error} />
        <p>
          <a href="#/jobs">All jobs</a>
        </p>
      </section>
    );
  }
  if (!job) return <p class="hint">Loading…</p>;

  const title = flowsheet?.name || id;
  if (rest[0] === "designs" && rest[1]) {
    return <DesignView job={name} index={Number(rest[1]) - 1} title={title} total={watched.total} />;
  }
  if (rest[0] === "compare") {
    return <Compare job={name} indices={readIndices(rest[1])} title={title} />;
  }

  const act = async (what: Promise<unknown>) => {
    setError(null);
    try {
      await what;
    } catch (caught) {
      setError(caught as Error);
    }
  };
  const again = async () => {
    const answer = await api.format(flowsheet!);
    download(`${fileName(title)}.yaml`, "application/yaml", answer.text);
  };
  const pages = Math.ceil(rows.length / ROWS);
  const visible = rows.slice(page * ROWS, (page + 1) * ROWS);

  return (
    <section aria-labelledby="job-title" data-state={job.state} data-designs={designs.length}>
      <p class="crumbs">
        <a href="#/jobs">Jobs</a> / {id}
      </p>
      <h1 id="job-title">{title}</h1>
      <div class="toolbar">
        <State of={job.state} />
        <span class="grow" />
        {!ended(job.state) && (
          <button type="button" onClick={() => void act(api.cancel(name))}>
            Stop
          </button>
        )}
        <button type="button" disabled={!flowsheet} onClick={() => void act(again())}>
          Flowsheet file
        </button>
        <button
          type="button"
          disabled={!final}
          onClick={() => download(`${fileName(title)}.csv`, "text/csv", figuresCsv(designs, rows))}
        >
          CSV of {brushed ? "the brushed" : "all"}
        </button>
      </div>
      {error && <ErrorBox error={error} />}
      {job.error_message && <p class="error-box">{job.error_message}</p>}
      <div class="card">
        <ProgressPanel job={job} log={watched.log} />
      </div>

      <div class="split">
        <div class="card">
          <h2>Front</h2>
          {figures.length === 0 || !x || !y ? (
            <p class="empty">
              {ended(job.state)
                ? "The search found no design that meets all demands. Wider ranges, more stages or weaker demands may help; the progress says by how much the best one missed."
                : "No design meets the demands yet."}
            </p>
          ) : (
            <>
              <div class="toolbar">
                <AxisChoice
                  label="Across"
                  keys={keys}
                  value={x.id}
                  onChange={(value) => setAxes([value, y.id])}
                />
                <AxisChoice
                  label="Up"
                  keys={keys}
                  value={y.id}
                  onChange={(value) => setAxes([x.id, value])}
                />
                {brushed && (
                  <button type="button" onClick={() => setBrushed(null)}>
                    End brush ({brushed.size})
                  </button>
                )}
              </div>
              <Scatter
                x={x}
                y={y}
                xs={xs}
                ys={ys}
                picked={final ? picked : NOTHING}
                brushed={brushed}
                name={(index) => (final ? `Design ${index + 1}` : "A design")}
                {...(final ? { onPick: toggle, onBrush: setBrushed } : {})}
              />
            </>
          )}
        </div>

        {final && (
          <div class="card">
            <h2>
              {brushed ? `${rows.length} brushed designs` : `${rows.length} designs`}
              {watched.total > designs.length && `, ${designs.length} of ${watched.total} loaded`}
            </h2>
            <div class="toolbar">
              {picked.length === 0 && <span class="hint">Pick up to {MOST_PICKED} to compare.</span>}
              {picked.map((index, i) => (
                <a key={index} class="chip" href={`${jobPath(name)}/designs/${index + 1}`}>
                  <span class={`mark mark-${i}`} aria-hidden="true">
                    {MARKS[SHAPES[i]!]}
                  </span>{" "}
                  Design {index + 1}
                </a>
              ))}
              <span class="grow" />
              <button
                type="button"
                class="primary"
                disabled={picked.length < 2}
                onClick={() =>
                  go(`${jobPath(name).slice(1)}/compare/${picked.map((i) => i + 1).join(",")}`)
                }
              >
                Compare
              </button>
            </div>
            <Table
              caption="Designs"
              hideCaption
              words={[]}
              head={["Pick", "Design", ...shownKeys.map((k) => `${k.label}${k.unit ? `, ${k.unit}` : ""}`)]}
              rows={visible.map((index) => [
                <input
                  type="checkbox"
                  aria-label={`Pick design ${index + 1}`}
                  checked={picked.includes(index)}
                  onChange={() => toggle(index)}
                />,
                <a href={`${jobPath(name)}/designs/${index + 1}`}>{index + 1}</a>,
                ...shownKeys.map((key) => write(key, key.value(figures[index]!))),
              ])}
            />
            {pages > 1 && (
              <div class="toolbar pager">
                <button type="button" disabled={page === 0} onClick={() => setPage(page - 1)}>
                  Back
                </button>
                <span>
                  {page * ROWS + 1} to {Math.min((page + 1) * ROWS, rows.length)} of {rows.length}
                </span>
                <button type="button" disabled={page >= pages - 1} onClick={() => setPage(page + 1)}>
                  Next
                </button>
              </div>
            )}
          </div>
        )}
      </div>
    </section>
  );
}
