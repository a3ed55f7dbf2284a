#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "optimizer/model/figures.h"
#include "optimizer/model/margins.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

const char* RoleName(Leaving::Role role) {
  switch (role) {
    case Leaving::Role::kOutlet:
      return "outlet";
    case Leaving::Role::kDraw:
      return "draw";
    case Leaving::Role::kOrganic:
      return "organic";
  }
  return "";
}

/// The medium's anion, from its equivalents [eq/L].
void SetAnions(const ExtractantSystem& system, double equivalents, StreamState* state) {
  if (system.medium == Medium::kChloride) state->chloride_mol_per_l = equivalents;
  if (system.medium == Medium::kNitrate) state->nitrate_mol_per_l = equivalents;
  if (system.medium == Medium::kSulphate) state->sulphate_mol_per_l = equivalents / 2;
}

StreamState EnteringOrganic(const Solved& solved) {
  const Built& built = solved.built;
  StreamState state;
  state.name = kOrganic;
  state.role = "organic";
  state.flow_m3_per_h = built.organic_flow;
  double bound = 0;
  for (std::size_t i = 0; i < built.components.size(); ++i) {
    const auto& metered = built.circuit.inlets[0].molarity;
    double mol_per_l = metered.empty() ? 0 : metered[i];
    if (i < solved.solution.recycled.size()) {
      mol_per_l += solved.solution.recycled[i] / built.organic_flow;
    }
    state.metals.push_back({built.components[i]->symbol, mol_per_l});
    bound += built.circuit.components[i].dimers * mol_per_l;
  }
  if (CountsExtractant(built.system->law)) {
    state.free_dimer_mol_per_l = built.extractant_monomer / 2 - bound;
  }
  return state;
}

}  // namespace

StreamState EnteringStream(const Stream& stream, const Composition& composition,
                           const Built& built) {
  StreamState state;
  state.name = stream.name;
  state.role = composition.feed ? "feed" : "inlet";
  state.flow_m3_per_h = composition.flow;
  for (const Element* element : built.components) {
    const double mol_per_l = composition.Of(element->symbol);
    if (mol_per_l > 0) state.metals.push_back({element->symbol, mol_per_l});
  }
  if (built.system->law == Law::kConstantBeta) {
    state.free_acid_mol_per_l = composition.acid;
  } else {
    state.free_acid_mol_per_l = composition.acid - composition.naoh - composition.nh4oh;
    SetAnions(*built.system, composition.anions, &state);
  }
  return state;
}

StreamState LeavingStream(const Leaving& leaving, const kernels::Outflow& out, const Built& built,
                          double free_dimer) {
  const bool aqueous = leaving.phase == kernels::Phase::kAqueous;
  StreamState state;
  state.name = leaving.name;
  state.role = RoleName(leaving.role);
  state.flow_m3_per_h = aqueous ? out.aqueous_flow : out.organic_flow;
  // A draw of nothing has no composition.
  if (!(state.flow_m3_per_h > 0)) return state;
  for (std::size_t i = 0; i < built.components.size(); ++i) {
    const double kmol = aqueous ? out.aqueous_metals[i] : out.metals[i] - out.aqueous_metals[i];
    state.metals.push_back({built.components[i]->symbol, kmol / state.flow_m3_per_h});
  }
  if (aqueous) {
    if (KnowsProton(built.system->law)) {
      state.free_acid_mol_per_l = out.free_acid / state.flow_m3_per_h;
    } else if (const int proton = built.Component(kProton); proton >= 0) {
      state.free_acid_mol_per_l = out.aqueous_metals[proton] / state.flow_m3_per_h;
    }
    if (built.system->law != Law::kConstantBeta) {
      SetAnions(*built.system, MediumEquivalents(built, out) / state.flow_m3_per_h, &state);
    }
  } else if (CountsExtractant(built.system->law)) {
    state.free_dimer_mol_per_l = free_dimer;
  }
  return state;
}

std::vector<StreamState> ComputeStreams(const Flowsheet& flowsheet, const Solved& solved) {
  const Built& built = solved.built;
  std::vector<StreamState> streams;
  for (std::size_t i = 0; i < flowsheet.streams.size(); ++i) {
    streams.push_back(EnteringStream(flowsheet.streams[i], built.streams[i], built));
  }
  streams.push_back(EnteringOrganic(solved));
  const auto outflows = kernels::Outflows(built.circuit, solved.cascade, solved.solution);
  for (const Leaving& leaving : built.leaving) {
    const double free_dimer = std::exp(solved.solution.state.ln_s[leaving.stage]);
    streams.push_back(LeavingStream(leaving, outflows[leaving.row], built, free_dimer));
  }
  return streams;
}

std::vector<StageState> ComputeStages(const Solved& solved) {
  const kernels::Cascade& cascade = solved.cascade;
  const kernels::Solution& solution = solved.solution;
  const Law law = solved.built.system->law;
  std::vector<StageState> stages;
  for (int j = 0; j < cascade.stages(); ++j) {
    StageState state;
    state.stage = j + 1;
    state.section = solved.built.SectionOf(j);
    const StageVolumes volumes = VolumesOf(cascade.flows[j]);
    state.aqueous_m3_per_h = volumes.aqueous;
    state.organic_m3_per_h = volumes.organic;
    if (KnowsProton(law)) state.ph = -solution.state.ln_h[j] / std::log(10.0);
    if (CountsExtractant(law)) state.free_dimer_mol_per_l = std::exp(solution.state.ln_s[j]);
    state.ionic_strength_mol_per_l = IonicStrengthOf(solved, j);
    state.temperature_celsius = solved.built.sections[solved.built.SectionIndexOf(j)].temperature;
    state.loading = LoadingOf(solved, j);
    state.loading_share_of_limit = LoadingShareOfLimit(solved, j);
    const Precipitation precipitation = PrecipitationOf(solved, j);
    state.precipitation_margin = precipitation.margin;
    if (precipitation.component >= 0) {
      state.least_soluble = solved.built.components[precipitation.component]->symbol;
    }
    for (int i = 0; i < cascade.size(); ++i) {
      StageMetal metal;
      metal.element = solved.built.components[i]->symbol;
      metal.aqueous_mol_per_l = solution.x[j * cascade.size() + i];
      metal.organic_mol_per_l = solution.y[j * cascade.size() + i];
      // 0/0 where the metal does not reach.
      if (metal.aqueous_mol_per_l > 0) metal.d = metal.organic_mol_per_l / metal.aqueous_mol_per_l;
      state.metals.push_back(std::move(metal));
    }
    stages.push_back(std::move(state));
  }
  return stages;
}

}  // namespace raffinate::optimizer
