// Profiles over the stages: one line per element, section bounds marked.

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { axis, FONT, range } from "./plot";
import { colour, DASHES, series, useTheme } from "./theme";

export interface Line {
  name: string;
  values: number[];
}

export interface Bound {
  /** First stage. */
  from: number;
  name: string;
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
    const [low, high] = range(all, props.log);
    // Traces of traces would squeeze what matters into a corner.
    const limits: [number, number] = props.log ? [Math.max(low, high * 1e-12), high] : [low, high];
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
          dash: DASHES[(i + Math.floor(i / 7)) % DASHES.length]!,
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
            ctx.textAlign = "left";
            ctx.textBaseline = "alphabetic";
            ctx.setLineDash([4 * scale, 4 * scale]);
            let free = -Infinity;
            props.bounds.forEach((bound, i) => {
              const x = u.valToPos(bound.from - 0.5, "x", true);
              if (x > u.bbox.left + u.bbox.width || x < u.bbox.left - 40 * scale) return;
              if (i > 0) {
                ctx.beginPath();
                ctx.moveTo(x, u.bbox.top);
                ctx.lineTo(x, u.bbox.top + u.bbox.height);
                ctx.stroke();
              }
              const left = Math.max(x, u.bbox.left) + 3 * scale;
              if (left < free) return;
              ctx.fillText(bound.name, left, u.bbox.top - 7 * scale);
              free = left + ctx.measureText(bound.name).width + 8 * scale;
            });
            ctx.restore();
          },
        ],
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
