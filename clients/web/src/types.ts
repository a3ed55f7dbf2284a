// The parts of the API that the page reads, as JSON has them: docs/http.md.

export interface NumberLeaf {
  value?: number;
  range?: { min: number; max: number };
  choices?: { values: number[] };
  uncertain?: { value?: number; uniform?: number[] };
}

export interface NameLeaf {
  value?: string;
  choices?: { values: string[] };
}

export interface Section {
  name: string;
  stages?: NumberLeaf;
  inlets?: { stream: string; stage?: NumberLeaf }[];
  outlet?: string;
  /** Of the aqueous; the rest flows on into the section before. All when absent. */
  outlet_share?: NumberLeaf;
  draws?: { name: string; phase?: string; share?: NumberLeaf; flow_m3_per_h?: NumberLeaf }[];
}

export interface Circuit {
  name: string;
  extractant?: { system?: NameLeaf; concentration_mol_per_l?: NumberLeaf };
  organic?: { flow_m3_per_h?: NumberLeaf; loop?: string; from?: string; outlet?: string };
  sections?: Section[];
}

export interface Objective {
  direction: string;
  figure: string;
  product?: string;
}

export interface Product {
  name: string;
  stream: string;
  elements: string[];
  min_purity?: number;
  min_recovery?: number;
}

export interface Flowsheet {
  name?: string;
  description?: string;
  streams?: { name: string; feed?: string }[];
  circuits?: Circuit[];
  /** In place of circuits: they are found by the search. */
  train?: object;
  products?: Product[];
  objectives?: Objective[];
  scenarios?: object;
}

export interface ProductFigures {
  product: string;
  purity: number;
  recovery: number;
  impurity: number;
  reo_kg_per_h: number;
  total_reo_kg_per_h: number;
}

/** What the split that was found needs at least; fluxes in mol of metal per mol fed. */
export interface Minimum {
  reason?: string;
  cut?: string;
  separation_factor: number;
  organic_mol_per_mol: number;
  min_organic_mol_per_mol: number;
  scrub_mol_per_mol?: number;
  min_scrub_mol_per_mol: number;
  stages: number;
  min_stages?: number;
  min_base_kg_per_t_reo?: number;
  base_reason?: string;
  min_acid_kg_per_t_reo?: number;
  acid_reason?: string;
  released_acid_kg_per_t_reo: number;
  xu?: {
    organic_mol_per_mol: number;
    scrub_mol_per_mol: number;
    extraction_stages: number;
    scrub_stages: number;
  };
  xu_reason?: string;
}

export type Figures = { products: ProductFigures[]; minimum?: Minimum } & {
  [field: string]: unknown;
};

export interface StreamState {
  name: string;
  role: string;
  flow_m3_per_h: number;
  metals: { element: string; mol_per_l: number }[];
  free_acid_mol_per_l: number;
  chloride_mol_per_l: number;
  circuit?: string;
  to_circuit?: string;
}

export interface StageState {
  stage: number;
  section: string;
  circuit?: string;
  aqueous_m3_per_h: number;
  organic_m3_per_h: number;
  ph: number;
  free_dimer_mol_per_l: number;
  loading: number;
  temperature_celsius?: number;
  metals: {
    element: string;
    aqueous_mol_per_l: number;
    organic_mol_per_l: number;
    d: number;
  }[];
}

export interface Flag {
  code: string;
  message: string;
  section?: string;
  stages?: number[];
}

export interface Evidence {
  extractant_system: string;
  origin: string;
  weakest_class: string;
  weakest_elements: string[];
  products: { product: string; weakest_class: string; weakest_elements: string[] }[];
}

export interface Plant {
  reagents: { name: string; purpose: string; kg_per_h: number; kg_per_t_reo: number }[];
  effluent: {
    name: string;
    kg_per_h: number;
    mg_per_l: number;
    limit?: string;
    limit_mg_per_l?: number;
    over_limit?: number;
  }[];
  energy: { name: string; electricity_kw: number; heat_mj_per_h: number }[];
  costs: { name: string; group: string; usd_per_h: number; usd_per_kg_reo: number }[];
  carbon: { name: string; kg_co2e_per_h: number; kg_co2e_per_kg_reo: number }[];
  products: {
    product: string;
    price_basis: string;
    price_usd_per_kg: number;
    revenue_usd_per_h: number;
    cost_usd_per_kg: number;
    co2e_kg_per_kg: number;
  }[];
  data: {
    kind: string;
    name: string;
    value: number;
    unit: string;
    date: string;
    provenance: string;
    source: string;
    overridden: boolean;
  }[];
  notes: string[];
  weakest_class: string;
}

export interface Sensitivities {
  levers: { field: string; value: number; unit: string }[];
  figures: {
    figure: string;
    product: string;
    value: number;
    unit: string;
    derivatives: number[];
    elasticities: number[];
  }[];
}

/** A design where what is uncertain comes out otherwise. */
export interface Robustness {
  scenarios: number;
  solved: number;
  met: number;
  least_probability: number;
  most_probability: number;
  seed: string;
  demands: { figure: string; product: string; at_least: boolean; limit: number; met: number }[];
  figures: {
    figure: string;
    product: string;
    unit: string;
    nominal: number;
    mean: number;
    least: number;
    p5: number;
    median: number;
    p95: number;
    most: number;
  }[];
  flexibility: {
    field: string;
    unit: string;
    value: number;
    sd: number;
    low: number;
    high: number;
    low_ends: boolean;
    high_ends: boolean;
  }[];
}

export interface Simulation {
  flowsheet?: Flowsheet;
  figures: Figures;
  streams?: StreamState[];
  stages?: StageState[];
  flags?: Flag[];
  convergence?: { converged: boolean; iterations: number; balance_error: number; message: string };
  evidence?: Evidence;
  sensitivities?: Sensitivities;
  robustness?: Robustness;
  plant?: Plant;
  elements?: { element: string; stream: string; kind: string; kg_per_h: number; share: number }[];
}

export interface Progress {
  evaluations: string;
  generations: number;
  hypervolume: number;
  pareto_size: number;
  least_violation: number;
  converged_share: number;
  evaluations_per_s: number;
  remaining_s: number;
  stop_reason: string;
}

export interface Optimization {
  name: string;
  flowsheet?: Flowsheet;
  state: "STATE_UNSPECIFIED" | "QUEUED" | "RUNNING" | "SUCCEEDED" | "CANCELLED" | "FAILED";
  progress?: Progress;
  error_message: string;
  create_time?: string;
  start_time?: string;
  end_time?: string;
  flowsheet_count: number;
}

export interface WatchMessage {
  optimization: Optimization;
  pareto: { objectives: number[] }[];
  log: string[];
}

export interface TextProblem {
  line: number;
  column: number;
  path: string;
  description: string;
}

export interface SystemConstant {
  element: string;
  log10_k?: number;
  provenance: string;
  source: string;
  doi?: string;
}

export interface ExtractantSystem {
  name: string;
  description: string;
  source: string;
  doi?: string;
  constants: SystemConstant[];
}
