// The flowsheet as a picture: sections in the order in which the organic passes
// them, the organic above, the aqueous below and against it, streams where they
// enter and leave.

import type { ComponentChildren } from "preact";
import { short } from "./figures";
import type { Circuit, NumberLeaf, Section, Simulation, StreamState } from "./types";

const BOX_W = 204;
const BOX_H = 92;
const GAP = 34;
const LEFT = 92;
const TOP = 66;
const ROW_H = TOP + BOX_H + 176;

const count = (leaf: NumberLeaf | undefined) =>
  leaf?.value ?? (leaf?.range ? `${leaf.range.min} to ${leaf.range.max}` : "?");

const shortened = (text: string, most = 22) =>
  text.length > most ? text.slice(0, most - 1) + "…" : text;

function Label(props: {
  x: number;
  y: number;
  anchor?: string;
  lines: string[];
  title: string;
  inside?: boolean;
}) {
  return (
    <text
      x={props.x}
      y={props.y}
      text-anchor={props.anchor ?? "middle"}
      class={props.inside ? "inside" : ""}
    >
      <title>{props.title}</title>
      {props.lines.map((line, i) => (
        <tspan key={i} x={props.x} dy={i === 0 ? 0 : 15} class={i === 0 ? "name" : "value"}>
          {line}
        </tspan>
      ))}
    </text>
  );
}

const Arrow = (props: { d: string; kind: string }) => (
  <path d={props.d} class={`flow ${props.kind}`} marker-end={`url(#tip-${props.kind})`} />
);

function describe(state: StreamState | undefined): string {
  if (!state) return "";
  const metals = state.metals
    .filter((m) => m.mol_per_l > 0)
    .map((m) => `${m.element} ${short(m.mol_per_l, 3)}`)
    .join(", ");
  return `${short(state.flow_m3_per_h)} m³/h${metals ? `; mol/L: ${metals}` : ""}`;
}

const flow = (state: StreamState | undefined) => {
  if (!state) return [];
  const total = state.metals.reduce((sum, m) => sum + m.mol_per_l, 0);
  return [`${short(state.flow_m3_per_h, 3)} m³/h`, `${short(total, 3)} mol/L`];
};

function SectionBox(props: {
  section: Section;
  x: number;
  y: number;
  /** Names of organic streams: an inlet has the phase of its stream. */
  organics: Set<string>;
  stream: (name: string) => StreamState | undefined;
}) {
  const { section, x, y, stream } = props;
  const below = y + BOX_H;
  const arrows: ComponentChildren[] = [];
  const words: ComponentChildren[] = [];
  const labels: { x: number; name: string; kind: string; into: boolean }[] = [];
  const inlets = (section.inlets ?? []).filter((inlet) => !props.organics.has(inlet.stream));
  const organic = (section.inlets ?? []).filter((inlet) => props.organics.has(inlet.stream));
  if (section.outlet) labels.push({ x: x + 10, name: section.outlet, kind: "aqueous", into: false });
  inlets.forEach((inlet, i) =>
    labels.push({ x: x + BOX_W - 10 - 12 * i, name: inlet.stream, kind: "aqueous", into: true }),
  );
  organic.forEach((inlet, i) =>
    labels.push({ x: x + BOX_W - 40 - 12 * i, name: inlet.stream, kind: "organic", into: true }),
  );
  (section.draws ?? []).forEach((draw, i) =>
    labels.push({
      x: x + 24 + 12 * i,
      name: draw.name,
      kind: draw.phase === "ORGANIC" ? "organic" : "aqueous",
      into: false,
    }),
  );
  // Labels of one box below one another, so that long names do not meet.
  labels.forEach((label, i) => {
    const deep = below + 34 + 48 * i;
    arrows.push(
      <Arrow
        key={`a${i}`}
        kind={label.kind}
        d={
          label.into
            ? `M ${label.x} ${deep - 12} V ${below + 4}`
            : `M ${label.x} ${below} V ${deep - 14}`
        }
      />,
    );
    words.push(
      <Label
        key={`l${i}`}
        x={x + BOX_W / 2}
        y={deep + 2}
        lines={[
          `${label.into ? "▲" : "▼"} ${shortened(label.name)}`,
          flow(stream(label.name)).join(", "),
        ]}
        title={`${label.name}: ${describe(stream(label.name))}`}
      />,
    );
  });
  return (
    <g>
      <rect x={x} y={y} width={BOX_W} height={BOX_H} rx="8" class="section" />
      <Label
        x={x + BOX_W / 2}
        y={y + 42}
        lines={[
          shortened(section.name, 20),
          `${count(section.stages)} stage${section.stages?.value === 1 ? "" : "s"}`,
        ]}
        title={section.name}
        inside
      />
      {arrows}
      {words}
    </g>
  );
}

function CircuitRow(props: {
  circuit: Circuit;
  y: number;
  several: boolean;
  organics: Set<string>;
  simulation: Simulation;
}) {
  const { circuit, y } = props;
  const sections = circuit.sections ?? [];
  const left = (i: number) => LEFT + i * (BOX_W + GAP);
  const top = y + TOP;
  const states = props.simulation.streams ?? [];
  const stream = (name: string) =>
    states.find((s) => s.name === name && (!s.circuit || s.circuit === circuit.name)) ??
    states.find((s) => s.name === name);
  const end = left(sections.length - 1) + BOX_W;
  const closed = circuit.organic?.loop !== "OPEN" && !circuit.organic?.from;
  const organic = circuit.organic?.flow_m3_per_h?.value;
  const deepest = (circuit.sections ?? []).length;
  return (
    <g>
      <Label
        x={8}
        y={y + 22}
        anchor="start"
        lines={[
          (props.several ? `${circuit.name}: ` : "") +
            `${circuit.extractant?.system?.value ?? "organic"}` +
            (organic === undefined ? "" : `, ${short(organic, 3)} m³/h organic`) +
            (closed ? ", closed loop" : ""),
        ]}
        title={circuit.name}
      />
      {closed && deepest > 0 && (
        <Arrow
          kind="organic"
          d={`M ${end + 4} ${top + 28} H ${end + 26} V ${top - 22} H ${LEFT - 44} V ${top + 28} H ${LEFT - 6}`}
        />
      )}
      {!closed && (
        <>
          <Arrow kind="organic" d={`M ${LEFT - 62} ${top + 28} H ${LEFT - 6}`} />
          <Arrow kind="organic" d={`M ${end} ${top + 28} H ${end + 46}`} />
          {circuit.organic?.from && (
            <Label
              x={8}
              y={top + 12}
              anchor="start"
              lines={[shortened(`from ${circuit.organic.from}`, 14)]}
              title={circuit.organic.from}
            />
          )}
        </>
      )}
      {sections.slice(1).map((section, i) => (
        <g key={section.name}>
          <Arrow kind="organic" d={`M ${left(i) + BOX_W} ${top + 28} H ${left(i + 1) - 6}`} />
          {!section.outlet && (
            <Arrow kind="aqueous" d={`M ${left(i + 1)} ${top + 64} H ${left(i) + BOX_W + 6}`} />
          )}
        </g>
      ))}
      {sections.map((section, i) => (
        <SectionBox
          key={section.name}
          section={section}
          x={left(i)}
          y={top}
          organics={props.organics}
          stream={stream}
        />
      ))}
    </g>
  );
}

export function Drawing({ simulation }: { simulation: Simulation }) {
  const circuits = simulation.flowsheet?.circuits ?? [];
  const most = Math.max(1, ...circuits.map((c) => c.sections?.length ?? 0));
  const deep = Math.max(
    1,
    ...circuits.flatMap((c) =>
      (c.sections ?? []).map(
        (s) => (s.inlets?.length ?? 0) + (s.draws?.length ?? 0) + (s.outlet ? 1 : 0),
      ),
    ),
  );
  const organics = new Set(
    circuits.flatMap((c) => [
      c.organic?.outlet || (circuits.length > 1 ? `loaded organic of ${c.name}` : "loaded organic"),
      ...(c.sections ?? []).flatMap((s) =>
        (s.draws ?? []).filter((d) => d.phase === "ORGANIC").map((d) => d.name),
      ),
    ]),
  );
  const row = Math.max(TOP + BOX_H + 48 * deep + 26, ROW_H - 60);
  const width = LEFT + most * (BOX_W + GAP) + 20;
  const height = row * circuits.length;
  return (
    <div class="drawing" tabIndex={0} role="region" aria-label="Drawing of the flowsheet">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="img"
        aria-label={circuits
          .map(
            (c) =>
              `${c.name}: ` +
              (c.sections ?? []).map((s) => `${s.name} with ${count(s.stages)} stages`).join(", "),
          )
          .join("; ")}
      >
        <defs>
          {["organic", "aqueous"].map((kind) => (
            <marker
              key={kind}
              id={`tip-${kind}`}
              viewBox="0 0 10 10"
              refX="8"
              refY="5"
              markerWidth="8"
              markerHeight="8"
              markerUnits="userSpaceOnUse"
              orient="auto-start-reverse"
            >
              <path d="M0 0 10 5 0 10z" class={`tip ${kind}`} />
            </marker>
          ))}
        </defs>
        {circuits.map((circuit, i) => (
          <CircuitRow
            key={circuit.name}
            circuit={circuit}
            y={i * row}
            several={circuits.length > 1}
            organics={organics}
            simulation={simulation}
          />
        ))}
      </svg>
      <p class="key hint">
        <span class="line organic" /> organic <span class="line aqueous" /> aqueous;
        mol/L of all metals
      </p>
    </div>
  );
}
