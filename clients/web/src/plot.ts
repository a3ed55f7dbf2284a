// What both kinds of chart share: axes of uPlot in the colours of the page.

import uPlot from "uplot";
import { percent, short } from "./figures";
import { colour } from "./theme";

export const FONT = "13px system-ui, sans-serif";

/** A tick of a log axis: shares by what they are, others as they are written. */
export const logTick = (value: number, missing: boolean) =>
  missing ? `${percent(value)} %` : short(value);

export function axis(
  label: string,
  log: boolean,
  missing: boolean,
  side: number,
  scale: string,
): uPlot.Axis {
  return {
    scale,
    side,
    label,
    stroke: colour("--text"),
    font: FONT,
    labelFont: FONT,
    labelSize: 24,
    size: side === 3 ? (missing ? 92 : 64) : 40,
    space: side === 3 ? 34 : 60,
    grid: { stroke: colour("--grid"), width: 1, ...(log ? { filter } : {}) },
    ticks: { stroke: colour("--grid"), width: 1, ...(log ? { filter } : {}) },
    ...(log
      ? {
          filter,
          values: (u: uPlot, splits: (number | null)[]) => logTexts(u, splits, missing, scale, side),
        }
      : { values: (_: uPlot, splits: number[]) => splits.map((v) => short(v, 6)) }),
  };
}

const filter = (_: uPlot, splits: number[]) => powersOf(splits);

// Over many decades lines between the powers of ten would be a grey field.
function powersOf(splits: number[]): (number | null)[] {
  if (splits[splits.length - 1]! / splits[0]! < 1e4) return splits;
  return splits.map((v) => (Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-6 ? v : null));
}

// Texts where there is room: powers of ten first, then 5 and 2 times them.
function logTexts(
  u: uPlot,
  splits: (number | null)[],
  missing: boolean,
  scale: string,
  side: number,
): string[] {
  const out = splits.map(() => "");
  const taken: [number, number][] = [];
  for (const lead of [1, 5, 2]) {
    // Each kind whole or, when crowded, every second, third, ... of it.
    splits.forEach((value, i) => {
      if (value === null) return;
      const mantissa = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
      if (Math.abs(mantissa - lead) > 1e-6) return;
      const text = logTick(value, missing);
      const half = side === 3 ? 13 : text.length * 4 + 8;
      const at = u.valToPos(value, scale);
      if (taken.some(([from, to]) => at + half > from && at - half < to)) return;
      taken.push([at - half, at + half]);
      out[i] = text;
    });
  }
  return out;
}

/** A little more than the values take; of a log axis `decades` below the largest at most. */
export function range(
  values: ArrayLike<number>,
  log: boolean,
  decades = Infinity,
): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; ++i) {
    const value = values[i]!;
    if (!Number.isFinite(value) || (log && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return log ? [0.1, 1] : [0, 1];
  if (log) {
    // uPlot loses its way among ticks below 1e-16.
    high = Math.max(high, 1e-13);
    low = Math.max(low, high * 10 ** -decades, 1e-14);
    const pad = Math.max(0.04 * Math.log10(high / low), 0.05);
    const from = low * 10 ** -pad;
    // From 9.5 to 10 times a power of ten uPlot's second tick is rounded past that power, and its
    // search for ticks does not end.
    const power = 10 ** Math.floor(Math.log10(from));
    return [from / power > 9.4 ? 9.4 * power : from, high * 10 ** pad];
  }
  // Values that differ by less than the ticks can write are as good as one.
  const size = Math.max(Math.abs(low), Math.abs(high));
  const pad = high - low > 1e-5 * size ? 0.04 * (high - low) : 0.1 * size || 1;
  return [low - pad, high + pad];
}
