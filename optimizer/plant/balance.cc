#include "optimizer/plant/balance.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "kernels/circuit.h"
#include "optimizer/economics/slopes.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

constexpr double kAmbient = 25;         ///< [degC]
constexpr double kHeatCapacity = 4.18;  ///< of water [MJ/(m3 K)]

PlantMedium MediumOf(Medium medium) {
  PlantMedium out;
  out.acid_mass = AcidMass(medium);
  switch (medium) {
    case Medium::kChloride:
      out.acid = "HCl";
      out.anion = "Cl";
      out.anion_mass = kMassChlorine;
      break;
    case Medium::kNitrate:
      out.acid = "HNO3";
      out.anion = "NO3";
      out.anion_mass = 62.004;
      break;
    case Medium::kSulphate:
      out.acid = "H2SO4";
      out.anion = "SO4";
      out.anion_mass = 96.06 / 2;
      break;
  }
  return out;
}

/// A circuit with what the plant's border needs to know of it.
struct Member {
  const Circuit& circuit;
  Solved solved;
  int last_feed = -1;            ///< stage of the last aqueous that brings metals
  std::vector<std::size_t> own;  ///< per component: index in PlantBalance::elements
};

/// A stream, or a part of one, that leaves the plant.
struct Exit {
  std::string name;
  std::size_t member = 0;
  const Leaving* leaving = nullptr;
  double share = 1;
};

/// The stage at which each stream of the flowsheet enters, -1 where it does not.
std::vector<int> EntryStages(const Built& built) {
  std::vector<int> stages(built.streams.size(), -1);
  for (std::size_t k = 0; k < built.circuit.inlets.size(); ++k) {
    if (built.circuit.inlets[k].phase != kernels::Phase::kAqueous) continue;
    stages[built.stream_of_inlet[k]] = built.circuit.inlets[k].stage;
  }
  return stages;
}

int LastFeed(const Built& built) {
  const std::vector<int> entries = EntryStages(built);
  int last = -1;
  for (std::size_t i = 0; i < built.streams.size(); ++i) {
    if (built.streams[i].feed) last = std::max(last, entries[i]);
  }
  for (const LinkedInlet& link : built.links) {
    if (link.inlet >= 0 && built.circuit.inlets[link.inlet].phase == kernels::Phase::kAqueous) {
      last = std::max(last, link.stage);
    }
  }
  return last;
}

class Maker {
 public:
  Maker(const Flowsheet& flowsheet, std::vector<Member> members, std::vector<Exit> exits)
      : flowsheet_(flowsheet), members_(std::move(members)), exits_(std::move(exits)) {}

  PlantBalance Make() {
    AddBrought();
    for (const Exit& exit : exits_) AddOutlet(exit);
    for (std::size_t c = 0; c < members_.size(); ++c) {
      AddSections(members_[c], &balance_.circuits[c]);
    }
    for (std::size_t p = 0; p < flowsheet_.products.size(); ++p) AddProduct(p);
    return std::move(balance_);
  }

  /// Without what a solution decides.
  PlantBalance MakeBrought() {
    AddBrought();
    return std::move(balance_);
  }

 private:
  void AddBrought() {
    for (Member& member : members_) AddElements(&member);
    for (const Member& member : members_) AddResidueElements(member);
    AddInlets();
    for (const Member& member : members_) AddCircuit(member);
  }

  void AddElements(Member* member) {
    for (const Element* element : member->solved.built.components) {
      const int known = FindElement(balance_, element->symbol);
      if (known >= 0) {
        member->own.push_back(static_cast<std::size_t>(known));
        continue;
      }
      member->own.push_back(balance_.elements.size());
      AddElement(*element);
    }
  }

  /// A metal that goes with residues whole enters no circuit.
  void AddResidueElements(const Member& member) {
    for (const Composition& stream : member.solved.built.streams) {
      for (const ComposedResidue& residue : stream.residues) {
        for (const auto& [element, mol_per_l] : residue.metals) {
          if (FindElement(balance_, element->symbol) < 0) AddElement(*element);
        }
      }
    }
  }

  void AddElement(const Element& element) {
    elements_.push_back(&element);
    PlantElement& to = balance_.elements.emplace_back();
    to.symbol = element.symbol;
    to.charge = element.charge;
    to.mass = element.mass;
    to.quoted_mass = QuotedMass(element);
    to.oxide = element.oxide;
    to.rare_earth = element.rare_earth;
    to.base_cation = IsBaseCation(element.symbol);
  }

  int MediumIndex(const Built& built) {
    const PlantMedium medium = MediumOf(built.system->medium);
    for (std::size_t k = 0; k < balance_.media.size(); ++k) {
      if (balance_.media[k].acid == medium.acid) return static_cast<int>(k);
    }
    balance_.media.push_back(medium);
    return static_cast<int>(balance_.media.size()) - 1;
  }

  void AddInlets() {
    for (std::size_t i = 0; i < flowsheet_.streams.size(); ++i) {
      PlantInlet& inlet = balance_.inlets.emplace_back();
      inlet.name = flowsheet_.streams[i].name;
      inlet.metals.assign(balance_.elements.size(), 0.0);
      for (const Member& member : members_) AddInflow(member, i, &inlet);
    }
  }

  /// What of a stream enters one circuit.
  void AddInflow(const Member& member, std::size_t i, PlantInlet* inlet) {
    const Built& built = member.solved.built;
    const Composition& stream = built.streams[i];
    const int entry = EntryStages(built)[i];
    if (entry < 0) return;
    inlet->medium = MediumIndex(built);
    inlet->feed = inlet->feed || stream.feed;
    inlet->flow += stream.flow;
    inlet->acid += stream.flow * stream.acid;
    inlet->naoh += stream.flow * stream.naoh;
    inlet->nh4oh += stream.flow * stream.nh4oh;
    const double celsius = built.sections[built.SectionIndexOf(entry)].temperature;
    inlet->heating += stream.flow * kHeatCapacity * std::max(0.0, celsius - kAmbient);
    for (const auto& [element, mol_per_l] : stream.cations) {
      inlet->metals[member.own[built.Component(element)]] += stream.flow * mol_per_l;
    }
    for (const ComposedResidue& residue : stream.residues) {
      AddResidue(residue, stream.flow, inlet);
    }
    // Where acid is extracted whole it is a component of its own.
    if (const int proton = built.Component(kProton); proton >= 0) {
      inlet->metals[member.own[proton]] += stream.flow * stream.acid;
    }
  }

  /// Of a stream that is divided between circuits the parts add up.
  void AddResidue(const ComposedResidue& residue, double flow, PlantInlet* inlet) {
    auto found =
        std::find_if(inlet->residues.begin(), inlet->residues.end(),
                     [&](const PlantResidue& known) { return known.name == residue.name; });
    if (found == inlet->residues.end()) {
      found = inlet->residues.insert(found, {residue.name, 0, 0, {}});
      found->metals.assign(balance_.elements.size(), 0.0);
    }
    found->naoh += flow * residue.naoh;
    found->nh4oh += flow * residue.nh4oh;
    for (const auto& [element, mol_per_l] : residue.metals) {
      found->metals[FindElement(balance_, element->symbol)] += flow * mol_per_l;
    }
  }

  void AddOutlet(const Exit& exit) {
    const Member& member = members_[exit.member];
    const Built& built = member.solved.built;
    if (rows_.size() <= exit.member) rows_.resize(members_.size());
    auto& rows = rows_[exit.member];
    if (rows.empty()) {
      rows = kernels::Outflows(built.circuit, member.solved.cascade, member.solved.solution);
    }
    const kernels::Outflow& out = rows[exit.leaving->row];
    PlantOutlet& outlet = balance_.outlets.emplace_back();
    outlet.name = exit.name;
    outlet.circuit = static_cast<int>(exit.member);
    for (std::size_t p = 0; p < flowsheet_.products.size(); ++p) {
      if (flowsheet_.products[p].stream == exit.name) {
        outlet.products.push_back(static_cast<int>(p));
      }
    }
    outlet.aqueous = exit.leaving->phase == kernels::Phase::kAqueous;
    outlet.flow = exit.share * out.aqueous_flow;
    outlet.organic = exit.share * out.organic_flow;
    const int proton = built.Component(kProton);
    if (KnowsProton(built.system->law)) {
      outlet.free_acid = exit.share * out.free_acid;
    } else if (proton >= 0) {
      outlet.free_acid = exit.share * out.aqueous_metals[proton];
    }
    outlet.anions = exit.share * MediumEquivalents(built, out);
    outlet.carried = !outlet.aqueous || exit.leaving->stage > member.last_feed;
    outlet.metals.assign(balance_.elements.size(), 0.0);
    outlet.aqueous_metals = outlet.metals;
    for (std::size_t k = 0; k < member.own.size(); ++k) {
      outlet.metals[member.own[k]] = exit.share * out.metals[k];
      outlet.aqueous_metals[member.own[k]] = exit.share * out.aqueous_metals[k];
    }
  }

  void AddCircuit(const Member& member) {
    const Built& built = member.solved.built;
    PlantCircuit& out = balance_.circuits.emplace_back();
    out.name = member.circuit.name;
    out.system = built.system->name;
    out.medium = MediumIndex(built);
    out.extractant_mol_per_l = built.extractant_monomer;
    out.organic_flow = built.organic_flow;
    (member.circuit.organic.base == Base::kNaOH ? out.metered_naoh : out.metered_nh4oh) =
        built.saponification_base;
    out.organic_metals.assign(balance_.elements.size(), 0.0);
    for (const auto& [element, mol_per_l] : built.organic_metals) {
      out.organic_metals[member.own[built.Component(element)]] += built.organic_flow * mol_per_l;
    }
  }

  void AddSections(const Member& member, PlantCircuit* out) const {
    const Solved& solved = member.solved;
    const auto size = static_cast<std::size_t>(solved.cascade.size());
    for (const SectionSpan& span : solved.built.sections) {
      PlantSection& section = out->sections.emplace_back();
      section.name = span.name;
      for (int j = span.first; j < span.first + span.count; ++j) {
        const StageVolumes volumes = VolumesOf(solved.cascade.flows[j]);
        PlantStage& stage = section.stages.emplace_back();
        stage.aqueous = volumes.aqueous;
        stage.organic = volumes.organic;
        stage.x.assign(balance_.elements.size(), 0.0);
        stage.y = stage.x;
        for (std::size_t k = 0; k < size; ++k) {
          stage.x[member.own[k]] = solved.solution.x[j * size + k];
          stage.y[member.own[k]] = solved.solution.y[j * size + k];
        }
      }
    }
  }

  void AddProduct(std::size_t p) {
    PlantProduct& product = balance_.products.emplace_back();
    product.name = flowsheet_.products[p].name;
    double wanted = 0, total = 0;
    for (std::size_t e = 0; e < elements_.size(); ++e) {
      product.wanted.push_back(Wants(flowsheet_.products[p], *elements_[e]));
      if (balance_.elements[e].base_cation) continue;
      for (const PlantOutlet& outlet : balance_.outlets) {
        if (!IsOf(outlet, static_cast<int>(p))) continue;
        const double kg = outlet.metals[e] * balance_.elements[e].quoted_mass;
        total += kg;
        if (product.wanted[e]) wanted += kg;
      }
    }
    if (total > 0) product.purity = wanted / total;
  }

  const Flowsheet& flowsheet_;
  std::vector<Member> members_;
  const std::vector<Exit> exits_;
  std::vector<const Element*> elements_;  ///< as in the balance
  std::vector<std::vector<kernels::Outflow>> rows_;
  PlantBalance balance_;
};

/// One that nothing is known of but what it brings.
Member Unsolved(const Circuit& circuit, const Built& built) {
  static const kernels::Cascade kNoCascade;
  static const kernels::Solution kNoSolution;
  return {circuit, {built, kNoCascade, kNoSolution}, -1, {}};
}

}  // namespace

bool CanEvaluate(const Flowsheet& flowsheet, const Built& built) {
  return built.economics != nullptr && !built.economics->empty() && !flowsheet.products.empty() &&
         built.system->law != Law::kConstantBeta;
}

PlantBalance ComputePlantBalance(const Flowsheet& flowsheet, const Solved& solved) {
  std::vector<Member> members;
  members.push_back({flowsheet.circuits[0], solved, LastFeed(solved.built), {}});
  std::vector<Exit> exits;
  for (const Leaving& leaving : solved.built.leaving) exits.push_back({leaving.name, 0, &leaving});
  return Maker(flowsheet, std::move(members), std::move(exits)).Make();
}

PlantBalance ComputePlantBalance(const Flowsheet& flowsheet, const Plant& plant,
                                 const PlantSolution& solution) {
  std::vector<Member> members;
  for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
    members.push_back({flowsheet.circuits[c],
                       {plant.circuits[c], plant.cascades[c], solution.circuits[c]},
                       LastFeed(plant.circuits[c]),
                       {}});
  }
  std::vector<Exit> exits;
  for (const Rest& rest : plant.rests) {
    exits.push_back({rest.name, static_cast<std::size_t>(rest.circuit),
                     &plant.circuits[rest.circuit].leaving[rest.leaving], rest.share});
  }
  return Maker(flowsheet, std::move(members), std::move(exits)).Make();
}

std::vector<double> BroughtBy(const Flowsheet& flowsheet, const Built& built) {
  return Brought(Maker(flowsheet, {Unsolved(flowsheet.circuits[0], built)}, {}).MakeBrought());
}

std::vector<double> BroughtBy(const Flowsheet& flowsheet, const Plant& plant) {
  std::vector<Member> members;
  for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
    members.push_back(Unsolved(flowsheet.circuits[c], plant.circuits[c]));
  }
  return Brought(Maker(flowsheet, std::move(members), {}).MakeBrought());
}

bool CanEvaluate(const Flowsheet& flowsheet, const Plant& plant) {
  return std::all_of(plant.circuits.begin(), plant.circuits.end(),
                     [&](const Built& built) { return CanEvaluate(flowsheet, built); });
}

std::optional<PlantEvaluation> EvaluatePlant(const Flowsheet& flowsheet, const Solved& solved) {
  if (!CanEvaluate(flowsheet, solved.built)) return std::nullopt;
  return EvaluatePlant(ComputePlantBalance(flowsheet, solved), *solved.built.economics,
                       flowsheet.economics);
}

std::optional<PlantEvaluation> EvaluatePlant(const Flowsheet& flowsheet, const Plant& plant,
                                             const PlantSolution& solution) {
  if (!CanEvaluate(flowsheet, plant)) return std::nullopt;
  return EvaluatePlant(ComputePlantBalance(flowsheet, plant, solution),
                       *plant.circuits[0].economics, flowsheet.economics);
}

}  // namespace raffinate::optimizer
