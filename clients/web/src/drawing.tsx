// The flowsheet as a picture: sections in the order in which the organic passes
// them, the organic above, the aqueous below and against it, streams where they
// enter and leave.

import type { ComponentChildren } from "preact";
import { short } from "./figures";
import type { Circuit, NumberLeaf, Section, Simulation, StreamState } from "./types";

const BOX_W = 196;
const BOX_H = 84;
const GAP = 34;
const LEFT = 48;
const TOP = 58;
const BETWEEN_ROWS = 28;
// Between arrows of one side of a box.
const STEP = 9;

/** What a closed leaf is, or is taken to be. */
const known = (leaf: NumberLeaf | undefined) => leaf?.value ?? leaf?.uncertain?.value;

const count = (leaf: NumberLeaf | undefined) =>
  known(leaf) ?? (leaf?.range ? `${leaf.range.min} to ${leaf.range.max}` : "?");

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

// Where streams come from and go to, by circuit; empty where there is one.
type Way = (name: string, into: boolean) => string;

interface Port {
  name: string;
  kind: "aqueous" | "organic";
  into: boolean;
}

// What enters and leaves a section beside what flows from box to box.
function portsOf(section: Section, organics: Set<string>): Port[] {
  const kind = (name: string) => (organics.has(name) ? "organic" : "aqueous");
  return [
    ...(section.outlet ? [{ name: section.outlet, kind: "aqueous", into: false } as const] : []),
    ...(section.draws ?? []).map((draw): Port => ({
      name: draw.name,
      kind: draw.phase === "ORGANIC" ? "organic" : "aqueous",
      into: false,
    })),
    ...(section.inlets ?? []).map((inlet): Port => ({
      name: inlet.stream,
      kind: kind(inlet.stream),
      into: true,
    })),
  ];
}

function SectionBox(props: {
  section: Section;
  x: number;
  y: number;
  ports: Port[];
  /** Height of a stream's words. */
  step: number;
  stream: (name: string) => StreamState | undefined;
  way: Way;
}) {
  const { section, x, y, ports, step, stream, way } = props;
  const below = y + BOX_H;
  const arrows: ComponentChildren[] = [];
  const words: ComponentChildren[] = [];
  // Words of one box below one another, so that long names do not meet; the deeper
  // ones have the outer arrows, so that arrows pass beside the words above.
  ports.forEach((port, i) => {
    const deep = below + 34 + step * i;
    const deeper = ports.slice(i + 1).filter((other) => other.into === port.into).length;
    const aside = 8 + STEP * deeper;
    const at = port.into ? x + BOX_W - aside : x + aside;
    arrows.push(
      <Arrow
        key={`a${i}`}
        kind={port.kind}
        d={port.into ? `M ${at} ${deep + 16} V ${below + 4}` : `M ${at} ${below} V ${deep + 16}`}
      />,
    );
    const where = way(port.name, port.into);
    words.push(
      <Label
        key={`l${i}`}
        x={x + BOX_W / 2}
        y={deep}
        lines={[
          `${port.into ? "▲" : "▼"} ${shortened(port.name, 20)}`,
          flow(stream(port.name)).join(", "),
          ...(where ? [shortened(where, 26)] : []),
        ]}
        title={`${port.name}: ${describe(stream(port.name))}${where ? `; ${where}` : ""}`}
      />,
    );
  });
  return (
    <g>
      <rect x={x} y={y} width={BOX_W} height={BOX_H} rx="8" class="section" />
      <Label
        x={x + BOX_W / 2}
        y={y + 40}
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

const bracketed = (text: string) => text && ` (${text})`;
const left = (i: number) => LEFT + i * (BOX_W + GAP);

function CircuitRow(props: {
  circuit: Circuit;
  y: number;
  several: boolean;
  ports: Port[][];
  step: number;
  simulation: Simulation;
  way: Way;
}) {
  const { circuit, y, way } = props;
  const sections = circuit.sections ?? [];
  const top = y + TOP;
  const states = props.simulation.streams ?? [];
  const stream = (name: string) =>
    states.find((s) => s.name === name && (!s.circuit || s.circuit === circuit.name)) ??
    states.find((s) => s.name === name);
  const end = left(sections.length - 1) + BOX_W;
  const from = circuit.organic?.from;
  const closed = circuit.organic?.loop !== "OPEN" && !from;
  const organic =
    known(circuit.organic?.flow_m3_per_h) ?? (from ? stream(from)?.flow_m3_per_h : undefined);
  const leaves = circuit.organic?.outlet;
  // What stands in the circuit's name beside its boxes.
  const facts = [
    circuit.extractant?.system?.value ?? "organic",
    ...(organic === undefined ? [] : [`${short(organic, 3)} m³/h organic`]),
    ...(closed ? ["closed loop"] : []),
    ...(from ? [`enters as ${from}${bracketed(way(from, true))}`] : []),
    ...(leaves ? [`leaves as ${leaves}${bracketed(way(leaves, false))}`] : []),
  ];
  return (
    <g>
      <Label
        x={4}
        y={y + 18}
        anchor="start"
        lines={[(props.several ? `${circuit.name}: ` : "") + facts.join(", ")]}
        title={circuit.name}
      />
      {closed && sections.length > 0 && (
        <Arrow
          kind="organic"
          d={`M ${end} ${top + 26} H ${end + 22} V ${top - 20} H ${LEFT - 32} V ${top + 26} H ${LEFT - 4}`}
        />
      )}
      {!closed && (
        <>
          <Arrow kind="organic" d={`M ${LEFT - 40} ${top + 26} H ${LEFT - 4}`} />
          <Arrow kind="organic" d={`M ${end} ${top + 26} H ${end + 36}`} />
        </>
      )}
      {sections.slice(1).map((section, i) => (
        <g key={section.name}>
          <Arrow kind="organic" d={`M ${left(i) + BOX_W} ${top + 26} H ${left(i + 1) - 4}`} />
          {(!section.outlet || (section.outlet_share?.value ?? 1) < 1) && (
            <Arrow kind="aqueous" d={`M ${left(i + 1)} ${top + 60} H ${left(i) + BOX_W + 4}`} />
          )}
        </g>
      ))}
      {sections.map((section, i) => (
        <SectionBox
          key={section.name}
          section={section}
          x={left(i)}
          y={top}
          ports={props.ports[i]!}
          step={props.step}
          stream={stream}
          way={way}
        />
      ))}
    </g>
  );
}

export function Drawing({ simulation }: { simulation: Simulation }) {
  const circuits = simulation.flowsheet?.circuits ?? [];
  const several = circuits.length > 1;
  const most = Math.max(1, ...circuits.map((c) => c.sections?.length ?? 0));
  const organics = new Set(
    circuits.flatMap((c) => [
      c.organic?.outlet || (several ? `loaded organic of ${c.name}` : "loaded organic"),
      ...(c.sections ?? []).flatMap((s) =>
        (s.draws ?? []).filter((d) => d.phase === "ORGANIC").map((d) => d.name),
      ),
    ]),
  );
  const way: Way = (name, into) => {
    const link = several && simulation.streams?.find((s) => s.name === name && s.to_circuit);
    if (!link) return "";
    return into ? `from ${link.circuit}` : `to ${link.to_circuit}`;
  };
  const ports = circuits.map((c) => (c.sections ?? []).map((s) => portsOf(s, organics)));
  const step = several ? 62 : 48;
  let height = 0;
  const rows = ports.map((row) => {
    const y = height;
    height += TOP + BOX_H + step * Math.max(1, ...row.map((p) => p.length)) + BETWEEN_ROWS;
    return y;
  });
  const width = left(most) + 8;
  return (
    <div class="drawing" tabIndex={0} role="region" aria-label="Drawing of the flowsheet">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        // Smaller where room is scarce, as far as its words can be read.
        style={{ maxWidth: `${width}px`, minWidth: `${Math.round(0.8 * width)}px` }}
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
            y={rows[i]!}
            several={several}
            ports={ports[i]!}
            step={step}
            simulation={simulation}
            way={way}
          />
        ))}
      </svg>
      <p class="key hint">
        <span class="line organic" /> organic <span class="line aqueous" /> aqueous; mol/L of all
        metals
      </p>
    </div>
  );
}
