// The Pareto front: points on two axes, picked by pointer or keys, brushed by
// dragging. uPlot lays out axes and the brush; the points are drawn on its canvas.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { write, type FigureKey } from "./figures";
import { axis, range } from "./plot";
import { colour, useTheme } from "./theme";

export interface ScatterProps {
  x: FigureKey;
  y: FigureKey;
  xs: number[];
  ys: number[];
  /** Picked designs, by index. */
  picked: number[];
  /** Brushed designs; null when nothing is brushed. */
  brushed: Set<number> | null;
  onPick?: (index: number) => void;
  onBrush?: (indices: Set<number> | null) => void;
  /** How a design is called. */
  name: (index: number) => string;
}

// Where markers of picked designs differ: by shape as well as by colour.
export const SHAPES = ["square", "triangle", "diamond", "cross"] as const;
const NEAR_PX = 24;
const NOWHERE = { left: new Float64Array(), top: new Float64Array() };

// A share of which less is missing counts as pure.
const LEAST = 1e-12;
const floor = (values: number[], log: boolean) =>
  log ? values.map((v) => (v >= 0 ? Math.max(v, LEAST) : NaN)) : values;

export function drawShape(
  ctx: CanvasRenderingContext2D,
  shape: (typeof SHAPES)[number],
  x: number,
  y: number,
  r: number,
) {
  ctx.beginPath();
  if (shape === "square") ctx.rect(x - r, y - r, 2 * r, 2 * r);
  if (shape === "triangle") {
    ctx.moveTo(x, y - 1.2 * r);
    ctx.lineTo(x + 1.15 * r, y + 0.9 * r);
    ctx.lineTo(x - 1.15 * r, y + 0.9 * r);
  }
  if (shape === "diamond") {
    ctx.moveTo(x, y - 1.35 * r);
    ctx.lineTo(x + 1.35 * r, y);
    ctx.lineTo(x, y + 1.35 * r);
    ctx.lineTo(x - 1.35 * r, y);
  }
  if (shape === "cross") {
    const t = r / 2.4;
    ctx.rect(x - r, y - t, 2 * r, 2 * t);
    ctx.rect(x - t, y - r, 2 * t, 2 * r);
  }
  ctx.closePath();
  ctx.fill();
  ctx.stroke();
}

export function Scatter(props: ScatterProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [at, setAt] = useState(-1);
  const atRef = useRef(-1);
  atRef.current = at;
  // Moves alone: 10,000 points are not drawn again for it.
  const ring = useRef<HTMLDivElement | null>(null);
  // Where the points are in the plot, in CSS pixels, as last drawn.
  const places = useRef<{ left: Float64Array; top: Float64Array }>(NOWHERE);
  const showRing = () => {
    const { left, top } = places.current;
    const [x, y] = [left[atRef.current] ?? NaN, top[atRef.current] ?? NaN];
    const element = ring.current;
    if (!element) return;
    element.hidden = !Number.isFinite(x) || !Number.isFinite(y);
    if (!element.hidden) element.style.transform = `translate(${x}px, ${y}px)`;
  };
  const { shown } = useTheme();
  const { x, y } = props;

  // The order of the arrow keys.
  const order = useMemo(() => {
    const shownPoints = props.xs
      .map((_, i) => i)
      .filter((i) => Number.isFinite(props.xs[i]!) && Number.isFinite(props.ys[i]!));
    const sign = x.missing ? -1 : 1;
    return shownPoints.sort((a, b) => sign * (props.xs[a]! - props.xs[b]!));
  }, [props.xs, props.ys, x.missing]);

  useEffect(() => {
    const element = host.current!;
    const box = () => ({
      width: Math.max(240, element.clientWidth),
      // Not higher than the window of a laptop has room for beside the rest.
      height: Math.max(
        260,
        Math.min(480, Math.round(element.clientWidth * 0.62), Math.round(innerHeight * 0.55)),
      ),
    });
    const nearest = (x: number, y: number) => {
      const { left, top } = places.current;
      let best = -1;
      let least = NEAR_PX * NEAR_PX;
      for (let i = 0; i < left.length; ++i) {
        const dx = left[i]! - x;
        const dy = top[i]! - y;
        const d = dx * dx + dy * dy;
        if (d < least) [least, best] = [d, i];
      }
      return best;
    };
    const draw = (u: uPlot) => {
      const { picked, brushed } = latest.current;
      const [, data] = u.data as unknown as [null, [number[], number[]]];
      const left = Float64Array.from(data[0], (value) => u.valToPos(value, "x"));
      const top = Float64Array.from(data[1], (value) => u.valToPos(value, "y"));
      places.current = { left, top };
      showRing();
      const ctx = u.ctx;
      const scale = devicePixelRatio;
      ctx.save();
      ctx.beginPath();
      ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
      ctx.clip();
      ctx.translate(u.bbox.left, u.bbox.top);
      ctx.scale(scale, scale);
      const many = left.length > 2000;
      const r = many ? 2.5 : 4;
      // One path for all points of a look, of squares where they are many: 10,000
      // single round fills would not be fluid.
      for (const inside of [false, true]) {
        if (!inside && !brushed) continue;
        ctx.fillStyle = inside ? colour("--point") : colour("--faint");
        ctx.beginPath();
        for (let i = 0; i < left.length; ++i) {
          if (brushed && brushed.has(i) !== inside) continue;
          const [x, y] = [left[i]!, top[i]!];
          if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
          if (many) {
            ctx.rect(x - r, y - r, 2 * r, 2 * r);
          } else {
            ctx.moveTo(x + r, y);
            ctx.arc(x, y, r, 0, 2 * Math.PI);
          }
        }
        ctx.fill();
      }
      ctx.lineWidth = 1.5;
      ctx.strokeStyle = colour("--text");
      picked.forEach((index, i) => {
        ctx.fillStyle = colour(`--series-${(i % 4) + 1}`);
        drawShape(ctx, SHAPES[i % 4]!, left[index]!, top[index]!, 7);
      });
      ctx.restore();
    };
    let dragged = false;
    const options: uPlot.Options = {
      mode: 2,
      ...box(),
      legend: { show: false },
      padding: [12, 28, 4, 4],
      cursor: {
        drag: { x: true, y: true, setScale: false, uni: 12 },
        points: { show: false },
        bind: {
          mouseup: (u, _target, handler) => (event: MouseEvent) => {
            dragged = u.select.width > 8 || u.select.height > 8;
            if (!dragged) {
              const index = nearest(u.cursor.left ?? -99, u.cursor.top ?? -99);
              handler(event);
              if (index >= 0) latest.current.onPick?.(index);
              else latest.current.onBrush?.(null);
            } else {
              handler(event);
            }
            return null;
          },
          dblclick: () => () => {
            latest.current.onBrush?.(null);
            return null;
          },
        },
      },
      scales: {
        x: {
          time: false,
          distr: x.missing ? 3 : 1,
          dir: x.missing ? -1 : 1,
          range: (u) => range((u.data as unknown as [null, [number[]]])[1][0], x.missing),
        },
        y: {
          distr: y.missing ? 3 : 1,
          dir: y.missing ? -1 : 1,
          range: (u) =>
            range((u.data as unknown as [null, [number[], number[]]])[1][1], y.missing),
        },
      },
      axes: [
        axis(x.unit && !x.missing ? `${x.label}, ${x.unit}` : x.label, x.missing, x.missing, 2, "x"),
        axis(y.unit && !y.missing ? `${y.label}, ${y.unit}` : y.label, y.missing, y.missing, 3, "y"),
      ],
      series: [
        {},
        {
          facets: [
            { scale: "x", auto: true },
            { scale: "y", auto: true },
          ],
          paths: (u: uPlot) => {
            draw(u);
            return null;
          },
        } as unknown as uPlot.Series,
      ],
      hooks: {
        setCursor: [
          (u) => {
            const { left = -1, top = -1 } = u.cursor;
            if (left < 0) return;
            const index = nearest(left, top);
            if (index !== atRef.current) setAt(index);
          },
        ],
        setSelect: [
          (u) => {
            const { left, top, width, height } = u.select;
            if (width < 8 && height < 8) return;
            const found = new Set<number>();
            const at = places.current;
            for (let i = 0; i < at.left.length; ++i) {
              const [px, py] = [at.left[i]!, at.top[i]!];
              if (px >= left && px <= left + width && py >= top && py <= top + height) {
                found.add(i);
              }
            }
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            latest.current.onBrush?.(found);
          },
        ],
      },
    };
    const { xs, ys } = latest.current;
    const data = [null, [floor(xs, x.missing), floor(ys, y.missing)]];
    const made = new uPlot(options, data as unknown as uPlot.AlignedData, element);
    plot.current = made;
    const mark = document.createElement("div");
    mark.className = "ring";
    made.over.append(mark);
    ring.current = mark;
    showRing();
    const observer = new ResizeObserver(() => {
      const size = box();
      if (size.width !== made.width) made.setSize(size);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
      ring.current = null;
      places.current = NOWHERE;
    };
    // Axes are laid out anew only when they change.
  }, [x.id, y.id, x.label, y.label, shown]);

  useEffect(() => {
    const data = [null, [floor(props.xs, x.missing), floor(props.ys, y.missing)]];
    plot.current?.setData(data as unknown as uPlot.AlignedData);
  }, [props.xs, props.ys]);

  useEffect(() => {
    plot.current?.redraw(false, false);
  }, [props.picked, props.brushed]);

  useEffect(showRing, [at]);

  const move = (event: KeyboardEvent) => {
    const place = order.indexOf(at);
    const last = order.length - 1;
    const steps: Record<string, number> = {
      ArrowRight: place + 1,
      ArrowLeft: place < 0 ? last : place - 1,
      PageDown: place + 10,
      PageUp: place - 10,
      Home: 0,
      End: last,
    };
    if (event.key in steps) {
      setAt(order[Math.max(0, Math.min(last, steps[event.key]!))] ?? -1);
    } else if ((event.key === "Enter" || event.key === " ") && at >= 0) {
      props.onPick?.(at);
    } else if (event.key === "Escape") {
      props.onBrush?.(null);
    } else {
      return;
    }
    event.preventDefault();
  };

  const text =
    at >= 0 && at < props.xs.length
      ? `${props.name(at)}: ${x.label} ${write(x, props.xs[at]!)} ${x.unit}, ` +
        `${y.label} ${write(y, props.ys[at]!)} ${y.unit}`
      : "";
  return (
    <div class="scatter">
      <div
        ref={host}
        class="chart"
        tabIndex={0}
        role="application"
        aria-roledescription="scatter chart"
        aria-label={
          `${props.xs.length} designs, ${x.label} against ${y.label}. ` +
          "Arrow keys go from point to point, Enter picks, Escape ends the brush."
        }
        onKeyDown={move}
      />
      <p class="readout" role="status" aria-live="polite">
        {text || `${props.xs.length} designs. Point at one; click picks, dragging brushes.`}
      </p>
    </div>
  );
}
