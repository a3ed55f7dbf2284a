// Figures of the API by name: values, units and how they are written for people.

import type { Figures, Flowsheet, Objective, ProductFigures } from "./types";

/** One figure of a design, of the whole or of a product. */
export interface FigureKey {
  /** Unique: "reagents_kg_per_t_reo", "impurity@light", "impurity@" for the worst product. */
  id: string;
  label: string;
  unit: string;
  /** Shares of products: drawn and chosen as what is missing to 1, on a log axis. */
  missing: boolean;
  value: (figures: Figures) => number;
}

// Endings of field names and the unit they say, longest first.
const UNITS: [string, string][] = [
  ["_usd_per_kg_reo", "USD/kg"],
  ["_kg_per_kg_reo", "kg/kg"],
  ["_kwh_per_t_reo", "kWh/t"],
  ["_kg_per_t_reo", "kg/t"],
  ["_m3_per_t_reo", "m³/t"],
  ["_gj_per_t_reo", "GJ/t"],
  ["_mol_per_l", "mol/L"],
  ["_m3_per_h", "m³/h"],
  ["_kg_per_h", "kg/h"],
  ["_usd", "USD"],
  ["_m2", "m²"],
  ["_m3", "m³"],
  ["_kg", "kg"],
];

const WORDS: Record<string, string> = {
  acid: "Acid (HCl)",
  base: "Base (NaOH)",
  reo: "Oxide",
  co2e: "CO₂e",
  min_ph: "Lowest pH",
  max_ph: "Highest pH",
  max_organic_to_aqueous: "Largest O/A",
  min_organic_to_aqueous: "Smallest O/A",
  max_loading: "Largest loading",
  organic: "Organic flow",
  stage_flow: "Organic flow × stages",
  min_precipitation_margin: "Precipitation margin",
  max_loading_share_of_limit: "Loading over limit",
  max_unstripped_share: "Unstripped share",
  reo_inventory: "Oxide held up",
};

export function splitField(field: string): { label: string; unit: string } {
  let name = field;
  let unit = "";
  for (const [ending, found] of UNITS) {
    if (field.endsWith(ending)) {
      name = field.slice(0, -ending.length);
      unit = found;
      break;
    }
  }
  const words = name.replaceAll("_", " ");
  return { label: WORDS[name] ?? words.charAt(0).toUpperCase() + words.slice(1), unit };
}

/** `streams[1].flow_m3_per_h` in the names of the flowsheet. */
export function leverName(field: string, flowsheet: Flowsheet | undefined): string {
  const circuits = flowsheet?.circuits ?? [];
  return field
    .replace(/^streams\[(\d+)\]/, (_, i: string) => flowsheet?.streams?.[Number(i)]?.name ?? `stream ${i}`)
    .replace(/^circuits\[(\d+)\]\.sections\[(\d+)\]/, (_, c: string, s: string) => {
      const circuit = circuits[Number(c)];
      const section = circuit?.sections?.[Number(s)]?.name ?? `section ${s}`;
      return circuits.length > 1 ? `${circuit?.name}.${section}` : section;
    })
    .replace(/^circuits\[(\d+)\]/, (_, c: string) => circuits[Number(c)]?.name ?? "circuit")
    .replace(/metals\[\d+\]\./, "metal ")
    .replace(/_(m3_per_h|mol_per_l)$/, "")
    .replaceAll(".", " › ")
    .replaceAll("_", " ");
}

export const num = (value: unknown): number =>
  typeof value === "number" ? value : value === undefined || value === "" ? NaN : Number(value);

const worst = (products: ProductFigures[], of: (p: ProductFigures) => number) =>
  products.reduce((most, p) => Math.max(most, of(p)), -Infinity);

function productKey(figure: "purity" | "recovery", product: string): FigureKey {
  const missing = (p: ProductFigures) => (figure === "purity" ? p.impurity : 1 - p.recovery);
  return {
    id: `${figure}@${product}`,
    label: figure === "purity" ? `Purity ${product || "(worst)"}` : `Recovery ${product || "(worst)"}`,
    unit: "%",
    missing: true,
    value: (figures) => {
      if (!product) return worst(figures.products, missing);
      const found = figures.products.find((p) => p.product === product);
      return found ? missing(found) : NaN;
    },
  };
}

const fieldKey = (field: string): FigureKey => ({
  id: field,
  ...splitField(field),
  missing: false,
  value: (figures) => num(figures[field]),
});

/** Every figure that these designs have. */
export function figureKeys(figures: Figures[]): FigureKey[] {
  const out: FigureKey[] = [];
  const first = figures[0];
  if (!first) return out;
  const products = first.products.map((p) => p.product);
  if (products.length > 1) out.push(productKey("purity", ""), productKey("recovery", ""));
  for (const product of products) {
    out.push(productKey("purity", product), productKey("recovery", product));
  }
  const fields = new Set<string>();
  for (const f of figures.slice(0, 50)) {
    for (const [field, value] of Object.entries(f)) {
      if (typeof value === "number") fields.add(field);
    }
  }
  for (const field of fields) out.push(fieldKey(field));
  return out;
}

// Names of figures in objectives whose fields are called otherwise.
const FIELDS: Record<string, string> = {
  loading: "max_loading",
  loading_share_of_limit: "max_loading_share_of_limit",
  precipitation_margin: "min_precipitation_margin",
  unstripped: "max_unstripped_share",
};

/** What objectives a flowsheet has; those of the API where it states none. */
export function objectivesOf(flowsheet: Flowsheet | undefined): Objective[] {
  if (flowsheet?.objectives?.length) return flowsheet.objectives;
  return [
    { direction: "MAXIMIZE", figure: "purity" },
    { direction: "MINIMIZE", figure: "reagents" },
    { direction: "MINIMIZE", figure: "wastewater" },
  ];
}

/** The figure of an objective among those that designs have. */
export function objectiveKey(objective: Objective, keys: FigureKey[]): FigureKey | undefined {
  const { figure, product = "" } = objective;
  const products = keys.filter((k) => k.id.startsWith("purity@"));
  if (figure === "purity" || figure === "recovery" || figure === "impurity") {
    const name = figure === "recovery" ? "recovery" : "purity";
    return (
      keys.find((k) => k.id === `${name}@${product}`) ??
      (products.length === 1 ? keys.find((k) => k.id.startsWith(`${name}@`)) : undefined)
    );
  }
  const field = FIELDS[figure] ?? figure;
  return keys.find(
    (k) => k.id === field || UNITS.some(([ending]) => k.id === field + ending),
  );
}

/** The same for the values of a running search, which are only the objectives. */
export function objectiveAxis(objective: Objective, index: number): FigureKey {
  const share = ["purity", "recovery"].includes(objective.figure);
  const { label } = splitField(objective.figure);
  const impurity = objective.figure === "impurity";
  return {
    id: `objective${index}`,
    label: (impurity ? "Purity" : label) + (objective.product ? ` ${objective.product}` : ""),
    unit: share || impurity ? "%" : objectiveUnit(objective.figure),
    missing: share || impurity,
    value: (figures) => {
      const value = num((figures as { objectives?: number[] })["objectives"]?.[index]);
      return share ? 1 - value : value;
    },
  };
}

function objectiveUnit(figure: string): string {
  if (/^(acid|base|reagents|sodium|chloride|ammonium_nitrogen)$/.test(figure)) return "kg/t";
  if (/^(wastewater|water)$/.test(figure)) return "m³/t";
  return "";
}

/** Four significant digits, without an exponent where that is short. */
export function short(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    const power = `10${superscript(Number(exponent))}`;
    return Number(mantissa) === 1 ? power : `${Number(mantissa)}·${power}`.replace("-", "−");
  }
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

const superscript = (value: number) =>
  String(value).replace(/[-0-9]/g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)]!));

/** A share of which only `missing` is missing, in per cent, with the digits that count. */
export function percent(missing: number): string {
  if (!Number.isFinite(missing)) return "–";
  if (missing <= 1e-9) return ">99.9999999";
  if (missing >= 1) return "0";
  const digits = Math.max(0, Math.min(7, Math.ceil(-Math.log10(missing)) - 1));
  // Downwards: never more than there is.
  const scale = 10 ** digits;
  return (Math.floor((1 - missing) * 100 * scale + 1e-9) / scale).toFixed(digits);
}

export const write = (key: FigureKey, value: number) =>
  key.missing ? percent(value) : short(value);

export const CLASSES: Record<string, { word: string; mark: string; rank: number }> = {
  MEASURED: { word: "measured", mark: "●", rank: 0 },
  FITTED: { word: "fitted", mark: "◉", rank: 1 },
  REFERENCE: { word: "reference", mark: "◎", rank: 2 },
  INTERPOLATED: { word: "interpolated", mark: "◐", rank: 3 },
  EXTRAPOLATED: { word: "extrapolated", mark: "◔", rank: 4 },
  ASSUMED: { word: "assumed", mark: "○", rank: 5 },
};

export const className = (provenance: string) =>
  CLASSES[provenance] ?? { word: "not stated", mark: "·", rank: 6 };
