// A design beside what its split needs at least.

import { num, short } from "./figures";
import { Table } from "./parts";
import type { Figures, Minimum } from "./types";

const times = (ratio: unknown) =>
  typeof ratio === "number" ? `${ratio.toFixed(2)} ×` : "–";

export function TheoryPanel({ figures, minimum }: { figures: Figures; minimum: Minimum }) {
  if (minimum.reason) return <p class="empty">No theoretical minimum: {minimum.reason}.</p>;
  if (!minimum.cut) return <p class="empty">No theoretical minimum.</p>;
  const { xu } = minimum;
  const released = minimum.released_acid_kg_per_t_reo;
  const missing = [
    ["base", minimum.base_reason],
    ["acid", minimum.acid_reason],
    ["design of Xu", minimum.xu_reason],
  ].filter(([, reason]) => reason);
  const rows: [string, string, string, string, string][] = [
    [
      "Organic flux S, mol/mol fed",
      short(minimum.organic_mol_per_mol),
      short(minimum.min_organic_mol_per_mol),
      times(figures["organic_over_minimum"]),
      xu ? short(xu.organic_mol_per_mol) : "–",
    ],
    [
      "Scrub flux W, mol/mol fed",
      minimum.scrub_mol_per_mol === undefined ? "–" : short(minimum.scrub_mol_per_mol),
      short(minimum.min_scrub_mol_per_mol),
      times(
        minimum.scrub_mol_per_mol === undefined || !(minimum.min_scrub_mol_per_mol > 0)
          ? undefined
          : minimum.scrub_mol_per_mol / minimum.min_scrub_mol_per_mol,
      ),
      xu ? short(xu.scrub_mol_per_mol) : "–",
    ],
  ];
  if (minimum.min_base_kg_per_t_reo !== undefined) {
    rows.push([
      released > 0 ? "Base and acid that stood in for it, kg/t" : "Base, kg/t",
      short(num(figures["base_kg_per_t_reo"]) + released),
      short(minimum.min_base_kg_per_t_reo),
      times(figures["base_over_minimum"]),
      "–",
    ]);
  }
  if (minimum.min_acid_kg_per_t_reo !== undefined) {
    rows.push([
      "Acid, kg/t",
      short(num(figures["acid_kg_per_t_reo"])),
      short(minimum.min_acid_kg_per_t_reo),
      times(figures["acid_over_minimum"]),
      "–",
    ]);
  }
  rows.push([
    "Stages, least at total reflux",
    String(minimum.stages),
    minimum.min_stages === undefined ? "–" : short(minimum.min_stages, 3),
    minimum.min_stages === undefined ? "–" : times(minimum.stages / minimum.min_stages),
    xu ? `${short(xu.extraction_stages, 3)} + ${short(xu.scrub_stages, 3)}` : "–",
  ]);
  return (
    <>
      <p>
        The split that was found needs at least this, with stages without limit (Underwood) and at
        total reflux (Fenske). The cut <strong>{minimum.cut}</strong> decides, at a separation factor
        of {short(minimum.separation_factor, 3)}.
      </p>
      <Table
        caption="This design and the least"
        hideCaption
        head={["", "This design", "At least", "Ratio", "Xu's optimum"]}
        rows={rows}
      />
      {missing.map(([what, reason]) => (
        <p key={what} class="hint">
          No {what}: {reason}.
        </p>
      ))}
    </>
  );
}
