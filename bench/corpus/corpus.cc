#include "bench/corpus/corpus.h"

#include <algorithm>
#include <cmath>

#include "bench/corpus/random.h"
#include "bench/corpus/table.h"
#include "kernels/theory/underwood.h"

namespace raffinate::bench {
namespace {

using kernels::Circuit;
using kernels::Component;
using kernels::Draw;
using kernels::Inlet;
using kernels::Law;
using kernels::Phase;

/// Trivalent metals with constants spread like those of a row of neighbours,
/// and sodium as the last component.
std::vector<Component> Metals(Random& random, int components) {
  std::vector<Component> list;
  const double first = random.Uniform(-3.5, -2.5);
  double log10_k = first;
  for (int i = 0; i + 1 < components; ++i) {
    list.push_back({log10_k, 3, 3});
    log10_k += random.Uniform(0.12, 0.6);
    if (log10_k > first + 4.0) log10_k = first + random.Uniform(0.0, 4.0);
  }
  list.push_back({random.Uniform(-4.5, -3.5), 1, 1});
  return list;
}

/// Molarities that add up to `total`; one in four components is a trace.
std::vector<double> Feed(Random& random, int components, double total) {
  std::vector<double> x(components, 0.0);
  double sum = 0;
  for (int i = 0; i + 1 < components; ++i) {
    x[i] = random.Uniform(0, 1) < 0.25 ? random.LogUniform(1e-9, 1e-4) : random.Uniform(0.1, 1.0);
    sum += x[i];
  }
  for (double& v : x) v *= total / sum;
  return x;
}

double Charge(const std::vector<Component>& components, const std::vector<double>& x) {
  double charge = 0;
  for (size_t i = 0; i < x.size(); ++i) charge += components[i].charge * x[i];
  return charge;
}

Inlet Aqueous(const Circuit& c, int stage, double flow, std::vector<double> x, double acid) {
  Inlet in;
  in.stage = stage;
  in.flow = flow;
  in.anions = Charge(c.components, x) + acid;
  in.molarity = std::move(x);
  return in;
}

Inlet Organic(const Circuit& c, double flow, double dimer, double saponification) {
  Inlet in;
  in.phase = Phase::kOrganic;
  in.flow = flow;
  in.extractant_dimer_mol_per_l = dimer;
  in.molarity.assign(c.components.size(), 0.0);
  if (c.law == Law::kMassAction) in.molarity.back() = saponification * 2 * dimer;
  return in;
}

Circuit MassAction(Kind kind, Random& random, int stages, int components) {
  Circuit c;
  c.components = Metals(random, components);
  c.stages = stages;
  if (kind == Kind::kMixedCharges) {
    // Every third metal is divalent, like Ca, Co or Ni beside the rare earths.
    for (int i = 1; i + 1 < components; i += 3) {
      c.components[i].charge = c.components[i].dimers = 2;
      c.components[i].log10_k = random.Uniform(-4.0, -1.0);
    }
  }
  const double total = random.LogUniform(0.02, 1.0);
  const double dimer = random.Uniform(0.2, 0.75);
  const std::vector<double> feed = Feed(random, components, total);
  const double acid = random.LogUniform(1e-3, 0.2);
  // Metal that the organic is asked to carry, in shares of the feed.
  const double carried = random.Uniform(0.3, 2.5);
  const double degree = random.Uniform(0.2, 0.45);
  const bool strips =
      kind == Kind::kFullCircuit || kind == Kind::kClosedLoop || kind == Kind::kRegeneration;
  if (kind == Kind::kExtraction) {
    c.inlets = {Aqueous(c, stages - 1, 1.0, feed, acid),
                Organic(c, random.LogUniform(0.3, 3.0), dimer, 0.0)};
    return c;
  }
  // Sodium that displaces `carried` feeds of metal.
  const double organic = 3 * carried * total / (degree * 2 * dimer);
  if (kind == Kind::kSaponified) {
    c.inlets = {Aqueous(c, stages - 1, 1.0, feed, acid), Organic(c, organic, dimer, degree)};
    return c;
  }
  int regeneration = 0, strip = 0;
  if (kind == Kind::kRegeneration) regeneration = std::min(3, std::max(1, stages / 10));
  if (strips) strip = std::max(1, stages / 5);
  const int rest = std::max(2, stages - regeneration - strip);
  c.stages = rest + regeneration + strip;
  const int feed_stage = regeneration + random.Integer(1, rest) - 1;
  const int scrub_stage = regeneration + rest - 1;
  const double strength = random.Uniform(1.0, 6.0);
  const double scrub_moles = 3 * total * carried * random.Uniform(0.05, 0.9);
  c.inlets.push_back(Aqueous(c, feed_stage, 1.0, feed, acid));
  c.inlets.push_back(Aqueous(c, scrub_stage, scrub_moles / strength,
                             std::vector<double>(components, 0.0), strength));
  const double exchanged = degree * 2 * dimer * organic;
  if (strips) {
    const double strip_strength = random.Uniform(3.0, 6.0);
    c.inlets.push_back(Aqueous(c, c.stages - 1,
                               exchanged * random.Uniform(1.5, 3.0) / strip_strength,
                               std::vector<double>(components, 0.0), strip_strength));
    Draw product;
    product.stage = regeneration + rest;
    product.share = random.Uniform(0, 1) < 0.5 ? 1.0 : random.Uniform(0.7, 1.0);
    c.draws.push_back(product);
  }
  if (kind == Kind::kRegeneration) {
    const double base = random.Uniform(1.0, 6.0);
    std::vector<double> x(components, 0.0);
    x.back() = base;
    Inlet in = Aqueous(c, regeneration - 1, exchanged * random.Uniform(0.7, 1.0) / base, x, -base);
    c.inlets.push_back(in);
    Draw raffinate;
    raffinate.stage = regeneration;
    raffinate.share = 1.0;
    c.draws.push_back(raffinate);
    c.inlets.push_back(Organic(c, organic, dimer, 0.0));
  } else {
    c.inlets.push_back(Organic(c, organic, dimer, degree));
  }
  if (kind == Kind::kClosedLoop || kind == Kind::kRegeneration) c.recycle = 1.0;
  if (kind == Kind::kSideStreams) {
    c.inlets.push_back(Aqueous(c, random.Integer(0, c.stages - 1), random.Uniform(0.05, 0.5),
                               Feed(random, components, total * random.Uniform(0.1, 1.0)), acid));
    Draw a;
    a.stage = random.Integer(0, c.stages - 1);
    a.share = random.Uniform(0.01, 0.3);
    Draw o;
    o.phase = Phase::kOrganic;
    o.stage = random.Integer(0, c.stages - 1);
    o.share = random.Uniform(0.01, 0.2);
    c.draws.push_back(a);
    c.draws.push_back(o);
  }
  if (kind == Kind::kEntrainment) {
    for (int j = 0; j < c.stages; ++j) {
      c.efficiency.push_back(random.Uniform(0.8, 1.0));
      c.aqueous_entrainment.push_back(random.LogUniform(1e-4, 2e-2));
      c.organic_entrainment.push_back(random.LogUniform(1e-4, 2e-2));
    }
  }
  return c;
}

/// Extraction and scrub that cut the metals in two with little more than the least
/// base and acid: saponified organic and scrub acid in balance, so that the front
/// between the two products has no other place to be than in the cascade. Half of
/// them at constant separation factors, where the least flux is exact; half with a
/// weakly acidic extractant (constants like those of Cyanex 272), of which little
/// is loaded without base.
Circuit SharpCut(Random& random, int stages, int components, double excess) {
  Circuit c;
  c.stages = stages;
  const bool constant_beta = random.Uniform(0, 1) < 0.5;
  c.components = Metals(random, components);
  const double total = constant_beta ? 1.0 : random.LogUniform(0.2, 1.0);
  const std::vector<double> feed = Feed(random, components, total);
  // The last component is sodium, at constant separation factors nothing.
  const int metals = components - 1;
  kernels::theory::MixtureFeed mixture;
  for (int i = 0; i < metals; ++i) {
    mixture.beta.push_back(std::pow(10.0, c.components[i].log10_k - c.components[0].log10_k));
    mixture.moles.push_back(feed[i]);
  }
  // Metal carried and scrubbed per metal fed; without a cut that has a least flux
  // and leaves both products more than a trace, about as in a plant.
  double carried = 1, scrubbed = 0.5;
  const double share = random.LogUniform(1e-7, 1e-3);
  const double sign = random.Uniform(0, 1) < 0.5 ? -1 : 1;
  const int first_cut = metals > 1 ? random.Integer(1, metals - 1) : 0;
  for (int k = 0; k + 1 < metals; ++k) {
    const int place = 1 + (first_cut + k) % (metals - 1);
    const auto cut = static_cast<std::size_t>(place);
    const auto least = kernels::theory::MinimumFluxesForCut(mixture, cut);
    if (!least.ok()) continue;
    const double product = least->organic - least->scrub;
    const double smaller = std::min(product, 1 - product);
    if (smaller < 1e-5) continue;
    // Drawn off is what the cut gives, all but a share of the smaller product: in
    // exact balance, or within rounding of it, the front could be anywhere.
    carried = least->organic * (1 + excess);
    scrubbed = carried - product - sign * std::max(share, 1e-7 / smaller) * smaller;
    break;
  }
  const int feed_stage = random.Integer(stages / 3, stages * 2 / 3);
  if (constant_beta) {
    c.law = Law::kConstantBeta;
    for (Component& k : c.components) k.charge = 0, k.dimers = 1;
    Inlet in = Aqueous(c, feed_stage, 1.0, feed, 0.0), scrub = Aqueous(c, stages - 1, 1.0, {}, 0.0);
    in.anions = total;
    scrub.anions = scrubbed;
    c.inlets = {in, scrub, Organic(c, 1.0, carried, 0.0)};
    return c;
  }
  for (int i = 0; i < metals; ++i) c.components[i].log10_k -= 3;
  c.components.back().log10_k = random.Uniform(-6.5, -5.5);
  const double acid = random.LogUniform(1e-4, 1e-3);
  const double dimer = random.Uniform(0.2, 0.75);
  const double strength = random.Uniform(1.0, 6.0), degree = random.Uniform(0.2, 0.45);
  const double sodium = 3 * carried * total + acid;
  c.inlets = {Aqueous(c, feed_stage, 1.0, feed, acid),
              Aqueous(c, stages - 1, 3 * scrubbed * total / strength,
                      std::vector<double>(components, 0.0), strength),
              Organic(c, sodium / (degree * 2 * dimer), dimer, degree)};
  return c;
}

Circuit ConstantBeta(Random& random, int stages, int components) {
  Circuit c;
  c.law = Law::kConstantBeta;
  c.stages = stages;
  double log10_beta = 0;
  for (int i = 0; i < components; ++i) {
    c.components.push_back({log10_beta, 0, 1});
    log10_beta += random.Uniform(0.08, 0.6);
  }
  std::vector<double> x(components);
  double sum = 0;
  for (double& v : x) sum += v = random.LogUniform(1e-4, 1.0);
  for (double& v : x) v /= sum;
  const double s = random.Uniform(0.7, 4.0);
  const double extract = random.Uniform(0.05, 0.9) * std::min(1.0, s);
  Inlet feed;
  feed.stage = random.Integer(0, stages - 1);
  feed.flow = 1;
  feed.molarity = x;
  feed.anions = 1;
  Inlet scrub;
  scrub.stage = stages - 1;
  scrub.flow = 1;
  scrub.anions = s - extract;
  c.inlets = {feed, scrub, Organic(c, 1.0, s, 0.0)};
  return c;
}

Circuit ConstantD(Random& random, int stages, int components) {
  Circuit c;
  c.law = Law::kConstantD;
  c.stages = stages;
  std::vector<double> x;
  for (int i = 0; i < components; ++i) {
    c.components.push_back({random.Uniform(-2.0, 2.0), 0, 0});
    x.push_back(random.LogUniform(1e-9, 1.0));
  }
  c.inlets = {Aqueous(c, stages - 1, random.Uniform(0.2, 5.0), x, 0.0),
              Organic(c, random.Uniform(0.2, 5.0), 0.5, 0.0)};
  return c;
}

}  // namespace

const char* KindName(Kind kind) {
  static const char* const kNames[] = {
      "extraction",    "saponified",  "scrub",        "side streams",  "entrainment",
      "full circuit",  "closed loop", "regeneration", "constant beta", "constant D",
      "mixed charges", "near pinch",  "pure",         "correlation",   "complexed",
      "solvation",     "synergism"};
  return kNames[static_cast<int>(kind)];
}

Circuit RandomCircuit(Kind kind, std::uint64_t seed, const CorpusLimits& limits) {
  Random random(seed * 64 + static_cast<std::uint64_t>(kind));
  const int stages =
      static_cast<int>(std::lround(random.LogUniform(limits.min_stages, limits.max_stages)));
  const int components = random.Integer(limits.min_components, limits.max_components);
  if (kind == Kind::kConstantBeta) return ConstantBeta(random, stages, components);
  if (kind == Kind::kConstantD) return ConstantD(random, stages, components);
  if (kind == Kind::kNearPinch) {
    return SharpCut(random, stages, components, random.LogUniform(1e-3, 0.05));
  }
  if (kind == Kind::kPure) return SharpCut(random, stages, components, random.Uniform(0.1, 0.5));
  if (kind == Kind::kCorrelation) return CorrelationCircuit(random, stages, components);
  if (kind == Kind::kComplexed) return ComplexedCircuit(random, stages, components);
  if (kind == Kind::kSolvation) return SolvationCircuit(random, stages, components);
  if (kind == Kind::kSynergism) return SynergismCircuit(random, stages, components);
  return MassAction(kind, random, stages, components);
}

Circuit BenchmarkCircuit(int stages, int components, std::uint64_t seed) {
  Random random(seed * 64 + 63);
  return MassAction(Kind::kScrub, random, stages, components);
}

Circuit Perturbed(const Circuit& circuit, double relative, std::uint64_t seed) {
  Random random(seed);
  Circuit c = circuit;
  const auto vary = [&](double& v) { v *= 1 + random.Uniform(-relative, relative); };
  for (Inlet& in : c.inlets) {
    const bool salt = c.table != nullptr && c.table->kind[0] == kernels::Master::kSalt;
    const double acid = in.anions - (salt ? 0.0 : Charge(c.components, in.molarity));
    vary(in.flow);
    for (double& x : in.molarity) vary(x);
    double changed = acid;
    vary(changed);
    if (in.phase == Phase::kAqueous) {
      in.anions = (salt ? 0.0 : Charge(c.components, in.molarity)) + changed;
    }
  }
  for (Component& k : c.components)
    k.log10_k += std::log10(1 + random.Uniform(-relative, relative));
  return c;
}

}  // namespace raffinate::bench
