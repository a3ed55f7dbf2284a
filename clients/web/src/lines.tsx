// Profiles over the stages: one line per element, section bounds marked.

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { axis, FONT, range } from "./plot";
import { colour, COLOURS, DASHES, series, useTheme } from "./theme";

export interface Line {
  name: string;
  values: number[];
}

export interface Bound {
  /** First stage. */
  from: number;
  name: string;
}

// The name of each line at its highest place that is free: colours and dashes alone
// would send the eye to the legend and back.
function nameLines(u: uPlot, lines: Line[]) {
  if (lines.length < 2) return;
  const { ctx } = u;
  const scale = devicePixelRatio;
  const { left, top, width, height } = u.bbox;
  const taken: [number, number, number, number][] = [];
  ctx.save();
  ctx.font = FONT.replace("13px", `bold ${12 * scale}px`);
  ctx.textAlign = "center";
  ctx.textBaseline = "alphabetic";
  ctx.lineJoin = "round";
  ctx.lineWidth = 4 * scale;
  ctx.strokeStyle = colour("--surface");
  lines.forEach((line, i) => {
    const values = u.data[i + 1]!;
    const order = [...values.keys()]
      .filter((k) => values[k] !== null && values[k] !== undefined)
      .sort((a, b) => values[b]! - values[a]!)
      .slice(0, 200);
    const half = ctx.measureText(line.name).width / 2 + 2 * scale;
    for (const k of order) {
      const x = u.valToPos(u.data[0]![k]!, "x", true);
      const y = u.valToPos(values[k]!, "y", true) - 7 * scale;
      const box: [number, number, number, number] = [x - half, y - 11 * scale, x + half, y + 3 * scale];
      if (box[0] < left || box[2] > left + width || box[1] < top || y > top + height) continue;
      if (taken.some((t) => t[0] < box[2] && box[0] < t[2] && t[1] < box[3] && box[1] < t[3])) {
        continue;
      }
      taken.push(box);
      ctx.fillStyle = series(i);
      ctx.strokeText(line.name, x, y);
      ctx.fillText(line.name, x, y);
      break;
    }
  });
  ctx.restore();
}

export function Lines(props: {
  label: string;
  log: boolean;
  stages: number[];
  lines: Line[];
  bounds: Bound[];
}) {
  const host = useRef<HTMLDivElement>(null);
  const { shown } = useTheme();
  useEffect(() => {
    const element = host.current!;
    const box = () => ({
      width: Math.max(240, element.clientWidth),
      height: Math.max(240, Math.min(380, Math.round(element.clientWidth * 0.5))),
    });
    const clean = (values: number[]) =>
      values.map((v) => (Number.isFinite(v) && (!props.log || v > 0) ? v : null));
    const all = props.lines.flatMap((line) => line.values);
    // Traces of traces would squeeze what matters into a corner.
    const limits = range(all, props.log, 10);
    const options: uPlot.Options = {
      ...box(),
      padding: [22, 16, 4, 4],
      cursor: { drag: { x: true, y: false } },
      legend: { live: true },
      scales: { x: { time: false }, y: { distr: props.log ? 3 : 1, range: limits } },
      axes: [axis("Stage", false, false, 2, "x"), axis(props.label, props.log, false, 3, "y")],
      series: [
        { label: "Stage" },
        ...props.lines.map((line, i) => ({
          label: line.name,
          stroke: series(i),
          width: 2,
          dash: DASHES[(i + Math.floor(i / COLOURS)) % DASHES.length]!,
          points: { show: props.stages.length <= 60, size: 5 },
          value: (_: uPlot, v: number | null) => (v === null ? "–" : v.toPrecision(4)),
        })),
      ],
      hooks: {
        drawAxes: [
          (u) => {
            const ctx = u.ctx;
            const scale = devicePixelRatio;
            ctx.save();
            ctx.fillStyle = colour("--text");
            ctx.strokeStyle = colour("--muted");
            ctx.font = FONT.replace("13px", `${12 * scale}px`);
            ctx.textAlign = "center";
            ctx.textBaseline = "alphabetic";
            ctx.setLineDash([4 * scale, 4 * scale]);
            const { left, top, width, height } = u.bbox;
            const inside = (x: number) => Math.max(left, Math.min(left + width, x));
            const spans = props.bounds.map((bound, i) => {
              const next = props.bounds[i + 1]?.from ?? props.stages.at(-1)! + 1;
              const from = inside(u.valToPos(bound.from - 0.5, "x", true));
              const to = inside(u.valToPos(next - 0.5, "x", true));
              return { name: bound.name, from, to };
            });
            spans.slice(1).forEach(({ from }) => {
              if (from <= left || from >= left + width) return;
              ctx.beginPath();
              ctx.moveTo(from, top);
              ctx.lineTo(from, top + height);
              ctx.stroke();
            });
            // Names in the middle of their sections, the longest sections first.
            const taken: [number, number][] = [];
            spans.sort((a, b) => b.to - b.from - (a.to - a.from));
            for (const { name, from, to } of spans) {
              if (to <= from) continue;
              const half = ctx.measureText(name).width / 2;
              const x = Math.max(left + half, Math.min(left + width - half, (from + to) / 2));
              if (taken.some(([a, b]) => x + half + 6 * scale > a && x - half - 6 * scale < b)) {
                continue;
              }
              taken.push([x - half, x + half]);
              ctx.fillText(name, x, top - 7 * scale);
            }
            ctx.restore();
          },
        ],
        draw: [(u) => nameLines(u, props.lines)],
      },
    };
    const data = [props.stages, ...props.lines.map((line) => clean(line.values))];
    const made = new uPlot(options, data as uPlot.AlignedData, element);
    const observer = new ResizeObserver(() => {
      const size = box();
      if (size.width !== made.width) made.setSize(size);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [props.stages, props.lines, props.log, props.label, shown]);
  return (
    <div
      ref={host}
      class="chart"
      role="img"
      aria-label={`${props.label} over ${props.stages.length} stages; the table below has the numbers`}
    />
  );
}
