// A design where what is not known exactly comes out otherwise.

import { useState } from "preact/hooks";
import * as api from "./api";
import { leverName, percent, short, splitField } from "./figures";
import { ErrorBox, Table } from "./parts";
import type { Flowsheet, Robustness, Simulation } from "./types";

/** Whether a flowsheet says of anything that it is not known exactly. */
export function isUncertain(flowsheet: Flowsheet | undefined): boolean {
  if (!flowsheet) return false;
  const some = (value: unknown): boolean =>
    typeof value === "object" &&
    value !== null &&
    ("uncertain" in value || Object.values(value).some(some));
  return flowsheet.scenarios !== undefined || some(flowsheet);
}

const isShare = (figure: string) => figure === "purity" || figure === "recovery";

const write = (figure: string, value: number) =>
  isShare(figure) ? percent(1 - value) : short(value);

const name = (of: { figure: string; product: string }) =>
  splitField(of.figure).label + (of.product ? ` ${of.product}` : "");

const unitOf = (figure: string, unit: string) => (isShare(figure) ? "%" : unit === "1" ? "" : unit);

// From the least to the most, with the middle nine tenths as a bar, the median as its line and
// the nominal as a ring. Shares by the decades of what is missing.
function Spread({ of }: { of: Robustness["figures"][number] }) {
  const scale = isShare(of.figure)
    ? (value: number) => -Math.log10(Math.max(1 - value, 1e-9))
    : (value: number) => value;
  const ends = [of.least, of.most, of.nominal].map(scale);
  const low = Math.min(...ends);
  const room = Math.max(...ends) - low;
  const at = (value: number) => (room > 0 ? 4 + (112 * (scale(value) - low)) / room : 60);
  return (
    <svg class="bar" viewBox="0 0 120 12" width="120" height="12" aria-hidden="true">
      <line x1={at(of.least)} y1="6" x2={at(of.most)} y2="6" class="zero" />
      <rect x={at(of.p5)} y="2" width={Math.max(1, at(of.p95) - at(of.p5))} height="8" class="more" />
      <line x1={at(of.median)} y1="0" x2={at(of.median)} y2="12" class="median" />
      <circle cx={at(of.nominal)} cy="6" r="3" class="nominal" />
    </svg>
  );
}

// "0.0412 (−1.9 sd)"; "≤" where no demand was missed yet.
const end = (at: number, value: number, sd: number, ends: boolean, beyond: string) => {
  const far = (at - value) / sd;
  const sds = sd > 0 ? ` (${far > 0 ? "+" : "−"}${Math.abs(far).toFixed(1)} sd)` : "";
  return `${ends ? "" : beyond}${short(at)}${sds}`;
};

function Found({ robustness, simulation }: { robustness: Robustness; simulation: Simulation }) {
  const { scenarios, solved, met } = robustness;
  const share = (part: number) => ((100 * part) / scenarios).toFixed(2);
  const reached = robustness.flexibility.filter((r) => r.low_ends || r.high_ends);
  const others = robustness.flexibility.length - reached.length;
  return (
    <>
      <p>
        {scenarios.toLocaleString("en")} draws of everything that is not known exactly
        {solved < scenarios && `, ${scenarios - solved} of them without a steady state`}.
      </p>
      {robustness.demands.length > 0 && (
        <>
          <Table
            caption="Demands and the share of the draws in which they are met"
            hideCaption
            head={["Demand", "Met, % of draws"]}
            rows={[
              ...robustness.demands.map((d) => [
                `${name(d)} ${d.at_least ? "≥" : "≤"} ${write(d.figure, d.limit)} ${unitOf(d.figure, splitField(d.figure).unit)}`,
                share(d.met),
              ]),
              [<strong>All at once</strong>, <strong>{share(met)}</strong>],
            ]}
          />
          <p>
            The probability of all at once is at least{" "}
            {(100 * robustness.least_probability).toFixed(2)} % and at most{" "}
            {(100 * robustness.most_probability).toFixed(2)} %, each with 95 % confidence.
          </p>
        </>
      )}
      <Table
        caption="Figures over the draws: bar from 5 to 95 %, line at the median, ring where all is as it is taken to be"
        head={["Figure", "As taken", "Mean", "5 %", "Median", "95 %", "Spread", "Unit"]}
        words={[0, 6, 7]}
        rows={robustness.figures.map((f) => [
          name(f),
          ...[f.nominal, f.mean, f.p5, f.median, f.p95].map((v) => write(f.figure, v)),
          <Spread of={f} />,
          unitOf(f.figure, f.unit),
        ])}
      />
      {reached.length > 0 && (
        <Table
          caption="How far one number can go alone before a demand is missed, the tightest first (≤, ≥: no further tried)"
          words={[0, 4]}
          head={["Uncertain number", "Taken to be", "From", "To", "Unit"]}
          rows={reached.map((r) => [
            leverName(r.field, simulation.flowsheet),
            short(r.value),
            end(r.low, r.value, r.sd, r.low_ends, "≤ "),
            end(r.high, r.value, r.sd, r.high_ends, "≥ "),
            r.unit,
          ])}
        />
      )}
      {others > 0 && (
        <p class="hint">
          {reached.length > 0 ? `${others} others` : `All ${others} uncertain numbers`} can go 4
          standard deviations either way, or all of their range.
        </p>
      )}
    </>
  );
}

export function RobustnessPanel({ simulation }: { simulation: Simulation }) {
  const [found, setFound] = useState<Robustness | null>(simulation.robustness ?? null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const [count, setCount] = useState(1000);
  const test = async () => {
    setBusy(true);
    setError(null);
    try {
      const answer = await api.simulateScenarios(simulation.flowsheet!, count);
      if (answer.simulation.robustness) setFound(answer.simulation.robustness);
      else setError(new Error("The simulation did not converge, so there is nothing to test."));
    } catch (caught) {
      setError(caught as Error);
    }
    setBusy(false);
  };
  return (
    <>
      {found ? (
        <Found robustness={found} simulation={simulation} />
      ) : (
        <p>
          Numbers of this flowsheet are not known exactly. Draw them many times and see how often
          the design still meets its demands.
        </p>
      )}
      {error && <ErrorBox error={error} />}
      <p class="no-report">
        <label>
          Draws{" "}
          <select value={count} onChange={(event) => setCount(Number(event.currentTarget.value))}>
            {[200, 1000, 10000].map((n) => (
              <option key={n} value={n}>
                {n.toLocaleString("en")}
              </option>
            ))}
          </select>
        </label>{" "}
        <button type="button" disabled={busy} onClick={() => void test()}>
          {busy ? "Testing…" : found ? "Test on new draws" : "Test"}
        </button>
      </p>
    </>
  );
}
