// Files made on the page.

import { figureKeys, type FigureKey } from "./figures";
import type { Simulation } from "./types";

export function download(name: string, type: string, content: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken the content over by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Name of a column: that of the API. Shares are written as shares, with what is missing beside. */
function columns(key: FigureKey): [string, (value: number) => number][] {
  if (!key.missing) return [[key.id, (v) => v]];
  const [figure, product] = key.id.split("@");
  const missing = figure === "purity" ? "impurity" : "unrecovered";
  return [
    [`${figure} ${product}`.trim(), (v) => 1 - v],
    [`${missing} ${product}`.trim(), (v) => v],
  ];
}

/** One row per design, every figure a column. */
export function figuresCsv(designs: Simulation[], indices: number[]): string {
  const keys = figureKeys(designs.map((d) => d.figures)).filter(
    (key) => key.id !== "purity@" && key.id !== "recovery@",
  );
  const head = ["design", ...keys.flatMap((key) => columns(key).map(([name]) => name))];
  const rows = indices.map((index) => [
    String(index + 1),
    ...keys.flatMap((key) => {
      const value = key.value(designs[index]!.figures);
      return columns(key).map(([, of]) => (Number.isFinite(value) ? String(of(value)) : ""));
    }),
  ]);
  return [head, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
}

/** One row per stage. */
export function stagesCsv(simulation: Simulation): string {
  const stages = simulation.stages ?? [];
  const elements = [...new Set(stages.flatMap((s) => s.metals.map((m) => m.element)))];
  const head = [
    "circuit",
    "section",
    "stage",
    "aqueous_m3_per_h",
    "organic_m3_per_h",
    "ph",
    "loading",
    ...elements.flatMap((e) => [`${e} aqueous_mol_per_l`, `${e} organic_mol_per_l`, `${e} d`]),
  ];
  const rows = stages.map((s) => [
    s.circuit ?? "",
    s.section,
    s.stage,
    s.aqueous_m3_per_h,
    s.organic_m3_per_h,
    s.ph,
    s.loading,
    ...elements.flatMap((e): (number | string)[] => {
      const metal = s.metals.find((m) => m.element === e);
      return metal ? [metal.aqueous_mol_per_l, metal.organic_mol_per_l, metal.d] : ["", "", ""];
    }),
  ]);
  return (
    [head, ...rows].map((row) => row.map((v) => quoted(String(v))).join(",")).join("\r\n") + "\r\n"
  );
}

/** A view as one HTML file: charts as pictures, the style sheets inside, no scripts. */
export function reportHtml(title: string, view: HTMLElement): string {
  const copy = view.cloneNode(true) as HTMLElement;
  const canvases = view.querySelectorAll("canvas");
  copy.querySelectorAll("canvas").forEach((canvas, i) => {
    const picture = document.createElement("img");
    picture.src = canvases[i]!.toDataURL("image/png");
    picture.alt = canvas.closest("[aria-label]")?.getAttribute("aria-label") ?? "chart";
    picture.style.width = "100%";
    const chart = canvas.closest(".uplot");
    if (chart) {
      const legend = chart.querySelector(".u-legend");
      chart.replaceWith(picture, ...(legend ? [legend] : []));
    } else {
      canvas.replaceWith(picture);
    }
  });
  copy.querySelectorAll(".no-report, button, select, input").forEach((e) => e.remove());
  copy.querySelectorAll("details").forEach((e) => (e.open = true));
  copy.querySelectorAll("a").forEach((e) => e.replaceWith(...e.childNodes));
  let css = "";
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) css += rule.cssText + "\n";
  }
  const theme = document.documentElement.dataset.theme ?? "light";
  const name = new Option(title).innerHTML;
  return (
    `<!doctype html><html lang="en" data-theme="${theme}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><title>${name}</title>` +
    `<style>${css}</style></head><body class="report"><main>` +
    `<p class="hint">Raffinate, ${new Date().toLocaleString()}</p>${copy.outerHTML}</main></body></html>\n`
  );
}

/** "Nd/Pr split" as part of a file's name. */
export const fileName = (text: string) =>
  text.replaceAll(/[^A-Za-z0-9]+/g, "-").replaceAll(/^-|-$/g, "").toLowerCase() || "flowsheet";
