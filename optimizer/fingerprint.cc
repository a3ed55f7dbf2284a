#include "optimizer/fingerprint.h"

#include <bit>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "optimizer/model/build.h"
#include "optimizer/model/composition.h"
#include "optimizer/model/goals.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/names.h"
#include "optimizer/model/validate.h"

namespace raffinate::optimizer {
namespace {

/// FNV-1a over values in a fixed byte order. Every value of varying length is
/// preceded by its length, so that neighbours cannot run into each other.
class Hash {
 public:
  std::uint64_t value() const { return state_; }

  void Add(std::uint64_t word) {
    for (int byte = 0; byte < 8; ++byte) {
      state_ ^= (word >> (8 * byte)) & 0xff;
      state_ *= 1099511628211u;
    }
  }
  void Add(int number) { Add(static_cast<std::uint64_t>(static_cast<std::int64_t>(number))); }
  void Add(double number) { Add(std::bit_cast<std::uint64_t>(number)); }
  void Add(std::string_view text) {
    Add(static_cast<std::uint64_t>(text.size()));
    for (const char c : text) Add(static_cast<std::uint64_t>(static_cast<unsigned char>(c)));
  }
  void Add(const std::string& text) { Add(std::string_view(text)); }
  template <class T>
  void Add(const std::optional<T>& value) {
    Add(static_cast<int>(value.has_value()));
    if (value) Add(*value);
  }
  template <class T>
  void Add(const std::vector<T>& values) {
    Add(static_cast<std::uint64_t>(values.size()));
    for (const T& value : values) Add(value);
  }
  void Add(const Range& range) {
    Add(range.min);
    Add(range.max);
    Add(range.start);
    Add(range.step);
    Add(static_cast<int>(range.log));
  }
  void Add(const Choices& choices) { Add(choices.values); }
  void Add(const Uncertain& uncertain) {
    Add(uncertain.value);
    Add(uncertain.sd);
    Add(uncertain.low);
    Add(uncertain.high);
  }
  template <class... Kinds>
  void Add(const std::variant<Kinds...>& leaf) {
    Add(static_cast<std::uint64_t>(leaf.index()));
    std::visit([this](const auto& kind) { Add(kind); }, leaf);
  }
  void Add(const EquilibriumConstant& constant) {
    Add(constant.element);
    Add(constant.log10_k);
    Add(constant.dimers);
    Add(constant.d);
    Add(constant.beta);
    Add(constant.extractants);
    Add(constant.anions);
    Add(constant.enthalpy_kj_per_mol);
    Add(constant.epsilon);
    Add(constant.terms);
    Add(constant.species);
    Add(constant.complexes);
  }
  void Add(const CorrelationTerm& term) {
    Add(term.coefficient);
    for (const int exponent : {term.ph, term.log_c, term.c, term.loading}) Add(exponent);
  }
  void Add(const MixedSpecies& species) {
    for (const double number : {species.log10_k, species.dimers, species.second}) Add(number);
  }
  void Add(const Complexes& complexes) {
    Add(complexes.ligand);
    Add(complexes.log10_beta);
  }
  void Add(const Ligand& ligand) {
    Add(ligand.name);
    Add(ligand.charge);
    Add(ligand.log10_protonation);
    Add(ligand.epsilon);
  }
  void Add(const Product& product) {
    Add(product.name);
    Add(product.stream);
    Add(product.elements);
    Add(product.min_purity);
    Add(product.min_recovery);
  }
  void Add(const Objective& objective) {
    Add(static_cast<int>(objective.direction));
    Add(objective.figure);
    Add(objective.product);
  }
  void Add(const Constraint& constraint) {
    Add(constraint.figure);
    Add(constraint.product);
    Add(constraint.min);
    Add(constraint.max);
  }

 private:
  std::uint64_t state_ = 14695981039346656037u;
};

void AddLayout(const Flowsheet& flowsheet, Hash* hash) {
  for (const Circuit& circuit : flowsheet.circuits) {
    hash->Add(static_cast<int>(circuit.organic.loop));
    hash->Add(static_cast<int>(circuit.organic.base));
    hash->Add(circuit.organic.from);
    hash->Add(circuit.organic.outlet);
    for (const MetalConcentration& metal : circuit.organic.metals) hash->Add(metal.element);
    hash->Add(static_cast<std::uint64_t>(circuit.sections.size()));
    for (const Section& section : circuit.sections) {
      hash->Add(section.outlet);
      hash->Add(section.temperature);
      hash->Add(static_cast<std::uint64_t>(section.inlets.size()));
      for (const Inlet& inlet : section.inlets) {
        hash->Add(inlet.stream);
        hash->Add(static_cast<int>(inlet.stage.has_value()));
      }
      hash->Add(static_cast<std::uint64_t>(section.draws.size()));
      for (const Draw& draw : section.draws) {
        hash->Add(draw.name);
        hash->Add(static_cast<int>(draw.phase));
        hash->Add(static_cast<int>(draw.share.has_value()));
      }
    }
  }
  for (const Split& split : flowsheet.splits) {
    hash->Add(split.stream);
    for (const SplitPart& part : split.parts) {
      hash->Add(part.name);
      hash->Add(static_cast<int>(part.share.has_value()));
    }
  }
}

void AddSystem(const ExtractantSystem& system, Hash* hash) {
  hash->Add(system.name);
  hash->Add(static_cast<int>(system.law));
  hash->Add(static_cast<int>(system.basis));
  hash->Add(system.unit_mol_per_l);
  hash->Add(system.constants);
  hash->Add(system.loading_limit ? system.loading_limit->share : 1.0);
  hash->Add(static_cast<int>(system.medium));
  hash->Add(system.ligands);
  hash->Add(static_cast<int>(system.activity));
  hash->Add(system.proton_epsilon);
  hash->Add(system.second_extractant);
  hash->Add(system.reference_temperature);
}

void AddChemistry(const Flowsheet& flowsheet, const Chemistry& chemistry, Hash* hash) {
  std::set<std::string> elements{kSodium, kAmmonium, kProton};
  for (const Stream& stream : flowsheet.streams) {
    hash->Add(stream.name);
    for (const auto& complexant : stream.complexants) hash->Add(complexant.ligand);
    const auto feed = chemistry.feeds.find(stream.feed);
    hash->Add(feed == chemistry.feeds.end() ? 0.0 : feed->second.hcl_mol_per_l);
    for (const MetalConcentration& metal : MetalsOf(stream, chemistry)) {
      hash->Add(metal.element);
      hash->Add(metal.mol_per_l);
      elements.insert(metal.element);
    }
    for (const Residue& residue : stream.residues) {
      hash->Add(residue.name);
      hash->Add(residue.base ? 1 + static_cast<int>(*residue.base) : 0);
      for (const ResidueMetal& metal : residue.metals) {
        hash->Add(metal.element);
        hash->Add(metal.share);
      }
    }
  }
  for (const std::string& symbol : elements) {
    const auto found = chemistry.elements.find(symbol);
    if (found == chemistry.elements.end()) continue;
    hash->Add(symbol);
    hash->Add(found->second.charge);
    hash->Add(found->second.mass);
    hash->Add(found->second.oxide_mass);
    const auto hydroxide = chemistry.hydroxides.find(symbol);
    if (hydroxide == chemistry.hydroxides.end()) continue;
    for (const HydroxideSolid& solid : hydroxide->second.solids) hash->Add(solid.log10_ks);
    hash->Add(hydroxide->second.log10_hydrolysis);
  }
  for (const auto& [path, system] : ChosenSystems(flowsheet, chemistry)) AddSystem(*system, hash);
}

/// What a train is asked for, which has no circuits yet.
void AddTrain(const Flowsheet& flowsheet, const Chemistry& chemistry, Hash* hash) {
  if (!flowsheet.train) return;
  const Train& train = *flowsheet.train;
  hash->Add(train.feed);
  for (const double number : {train.concentration, train.naoh, train.nh4oh}) hash->Add(number);
  hash->Add(static_cast<int>(train.linkage));
  hash->Add(train.max_linked_products);
  hash->Add(train.max_structures);
  hash->Add(train.max_stages_per_section);
  for (const auto* patterns : {&train.required, &train.forbidden}) {
    hash->Add(static_cast<std::uint64_t>(patterns->size()));
    for (const std::string& pattern : *patterns) hash->Add(pattern);
  }
  // One system is as it was before there could be several.
  std::vector<std::string> systems{train.system};
  if (!train.systems.empty()) {
    systems = train.systems;
    hash->Add(static_cast<std::uint64_t>(systems.size()));
  }
  for (const std::string& name : systems) {
    const ExtractantSystem* system = FindSystem(flowsheet, chemistry, name);
    if (system != nullptr) AddSystem(*system, hash);
  }
}

/// What candidates are judged on; fitted constants vary by errors that count nowhere else.
void AddScenarios(const Flowsheet& flowsheet, const Chemistry& chemistry, Hash* hash) {
  if (!flowsheet.scenarios) return;
  const Scenarios& scenarios = *flowsheet.scenarios;
  hash->Add(scenarios.count);
  hash->Add(static_cast<int>(scenarios.demands));
  hash->Add(static_cast<int>(scenarios.objectives));
  hash->Add(scenarios.probability);
  hash->Add(static_cast<int>(scenarios.constants));
  hash->Add(scenarios.log10_error);
  hash->Add(static_cast<std::uint64_t>(scenarios.seed));
  for (const Assays& assays : scenarios.assays) {
    hash->Add(assays.stream);
    hash->Add(static_cast<std::uint64_t>(assays.samples.size()));
    for (const Assay& assay : assays.samples) {
      hash->Add(assay.hcl);
      for (const MetalConcentration& metal : assay.metals) {
        hash->Add(metal.element);
        hash->Add(metal.mol_per_l);
      }
    }
  }
  if (!scenarios.constants) return;
  for (const auto& [path, system] : ChosenSystems(flowsheet, chemistry)) {
    for (const EquilibriumConstant& constant : system->constants) {
      hash->Add(constant.log10_standard_error);
    }
    hash->Add(system->covariance.parameters);
    hash->Add(system->covariance.rows);
  }
}

/// What the figures of the plant rest on, where a search looks at them.
void AddEconomics(const Flowsheet& flowsheet, const Chemistry& chemistry, Hash* hash) {
  if (!Goals(flowsheet).needs_plant()) return;
  const EconomicsSettings& settings = flowsheet.economics;
  hash->Add(static_cast<int>(settings.treatment));
  hash->Add(static_cast<int>(settings.neutralizer));
  hash->Add(static_cast<int>(settings.allocation));
  hash->Add(settings.extractant);
  for (const Overrides* own :
       {&settings.prices, &settings.factors, &settings.limits, &settings.product_prices}) {
    hash->Add(static_cast<std::uint64_t>(own->size()));
    for (const auto& [name, value] : *own) {
      hash->Add(name);
      hash->Add(value);
    }
  }
  const EconomicsData& data = chemistry.economics;
  for (const auto* known : {&data.prices, &data.factors, &data.limits}) {
    hash->Add(static_cast<std::uint64_t>(known->size()));
    for (const auto& [name, datum] : *known) {
      hash->Add(name);
      hash->Add(datum.value);
      hash->Add(datum.elements);
      hash->Add(datum.min_purity);
    }
  }
  for (const auto& [name, solvent] : data.solvents) {
    hash->Add(name);
    hash->Add(solvent.systems);
    hash->Add(solvent.molar_mass);
    hash->Add(solvent.density);
    hash->Add(solvent.carbon_share);
    hash->Add(solvent.solubility);
    hash->Add(solvent.price);
  }
}

}  // namespace

std::uint64_t Fingerprint(const Flowsheet& flowsheet, const Chemistry& chemistry) {
  Hash hash;
  VisitLeaves(flowsheet, [&hash](const auto& leaf, const Bounds&, auto path) {
    hash.Add(path());
    hash.Add(leaf);
  });
  AddLayout(flowsheet, &hash);
  AddChemistry(flowsheet, chemistry, &hash);
  AddTrain(flowsheet, chemistry, &hash);
  AddScenarios(flowsheet, chemistry, &hash);
  AddEconomics(flowsheet, chemistry, &hash);
  hash.Add(flowsheet.products);
  hash.Add(flowsheet.objectives);
  hash.Add(flowsheet.constraints);
  hash.Add(static_cast<std::uint64_t>(flowsheet.search.seed));
  hash.Add(flowsheet.search.population);
  if (flowsheet.search.islands > 1) hash.Add(flowsheet.search.islands);
  return hash.value();
}

}  // namespace raffinate::optimizer
