#include "optimizer/scenarios/draw.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <type_traits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/names.h"
#include "optimizer/model/validate.h"
#include "optimizer/scenarios/normal.h"
#include "optimizer/search/random_stream.h"

namespace raffinate::optimizer {
namespace {

constexpr double kEverywhere = std::numeric_limits<double>::max();

/// A lower triangle with L L^T = matrix, which is positive semidefinite: what has no variance left
/// has a column of zeros.
std::vector<std::vector<double>> Factor(const std::vector<std::vector<double>>& matrix) {
  const std::size_t n = matrix.size();
  std::vector<std::vector<double>> factor(n, std::vector<double>(n, 0.0));
  for (std::size_t k = 0; k < n; ++k) {
    double left = matrix[k][k];
    for (std::size_t j = 0; j < k; ++j) left -= factor[k][j] * factor[k][j];
    if (!(left > 1e-12 * matrix[k][k])) continue;
    factor[k][k] = std::sqrt(left);
    for (std::size_t i = k + 1; i < n; ++i) {
      double sum = matrix[i][k];
      for (std::size_t j = 0; j < k; ++j) sum -= factor[i][j] * factor[k][j];
      factor[i][k] = sum / factor[k][k];
    }
  }
  return factor;
}

/// [0, count) in random order.
std::vector<std::size_t> Shuffled(std::size_t count, RandomStream* random) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count; i > 1; --i) {
    std::swap(order[i - 1], order[random->Below(static_cast<std::uint32_t>(i))]);
  }
  return order;
}

}  // namespace

Uncertainty::Uncertainty(const Flowsheet& flowsheet, const Chemistry& chemistry) {
  std::size_t index = 0;
  VisitLeaves(flowsheet, [&](const auto& leaf, const Bounds& bounds, auto path) {
    const std::size_t at = index++;
    if constexpr (std::is_same_v<std::decay_t<decltype(leaf)>, Number>) {
      const auto* uncertain = std::get_if<Uncertain>(&leaf);
      if (uncertain == nullptr) return;
      leaves_.push_back({at, numbers_.size()});
      UncertainNumber& number = numbers_.emplace_back();
      number.path = path();
      number.unit = bounds.unit;
      number.value = uncertain->value;
      number.sd = uncertain->sd.value_or(0);
      number.low = uncertain->sd ? bounds.lower : uncertain->low;
      number.high = uncertain->sd ? bounds.upper : uncertain->high;
    }
  });
  if (flowsheet.scenarios) {
    assays_ = flowsheet.scenarios->assays;
    if (flowsheet.scenarios->constants) {
      // Acid and the cations of bases are everywhere.
      std::set<std::string> elements = {kProton, kSodium, kAmmonium};
      for (const auto& [element, amount] : FedMetals(flowsheet, chemistry)) {
        elements.insert(element);
      }
      std::vector<const ExtractantSystem*> done;
      for (const auto& [path, system] : ChosenSystems(flowsheet, chemistry)) {
        if (std::find(done.begin(), done.end(), system) != done.end()) continue;
        done.push_back(system);
        AddConstants(*system, *flowsheet.scenarios, elements);
      }
    }
  }
  grouped_.assign(numbers_.size(), 0);
  for (const Group& group : groups_) {
    for (std::size_t i = 0; i < group.factor.size(); ++i) grouped_[group.first + i] = 1;
  }
}

void Uncertainty::AddConstants(const ExtractantSystem& system, const Scenarios& scenarios,
                               const std::set<std::string>& elements) {
  const auto add = [&](const EquilibriumConstant& constant, Quantity quantity, const char* name,
                       double value, double sd) {
    constants_.push_back({system.name, constant.element, quantity, numbers_.size()});
    UncertainNumber& number = numbers_.emplace_back();
    number.path = absl::StrCat(system.name, ": ", constant.element, ".", name);
    number.value = value;
    number.sd = sd;
    number.low = -kEverywhere;
    number.high = kEverywhere;
  };
  Group group;
  group.first = numbers_.size();
  const Covariance& covariance = system.covariance;
  for (std::size_t i = 0; i < covariance.parameters.size(); ++i) {
    const std::string& name = covariance.parameters[i];
    const std::size_t dot = name.find('.');
    const EquilibriumConstant& constant = *system.Find(name.substr(0, dot));
    const double sd = std::sqrt(std::max(0.0, covariance.rows[i][i]));
    if (absl::EndsWith(name, ".dimers")) {
      add(constant, Quantity::kDimers, "dimers", *constant.dimers, sd);
    } else if (absl::EndsWith(name, ".log10_beta")) {
      add(constant, Quantity::kLog10Beta, "log10_beta",
          constant.complexes.front().log10_beta.front(), sd);
    } else {
      add(constant, Quantity::kLog10K, "log10_k", *constant.log10_k, sd);
    }
  }
  if (!covariance.rows.empty()) {
    group.factor = Factor(covariance.rows);
    groups_.push_back(std::move(group));
  }
  for (const EquilibriumConstant& constant : system.constants) {
    if (!elements.contains(constant.element)) continue;
    const double sd = constant.log10_standard_error.value_or(scenarios.log10_error);
    const bool known = std::find(covariance.parameters.begin(), covariance.parameters.end(),
                                 constant.element + ".log10_k") != covariance.parameters.end();
    if (known || !(sd > 0)) continue;
    if (constant.log10_k) {
      add(constant, Quantity::kLog10K, "log10_k", *constant.log10_k, sd);
    } else if (constant.d && *constant.d > 0) {
      add(constant, Quantity::kD, "log10_d", std::log10(*constant.d), sd);
    } else if (constant.beta && *constant.beta > 0) {
      add(constant, Quantity::kBeta, "log10_beta", std::log10(*constant.beta), sd);
    }
  }
}

Uncertainty::Draw Uncertainty::Nominal() const {
  Draw draw;
  for (const UncertainNumber& number : numbers_) draw.values.push_back(number.value);
  for (const Assays& assays : assays_) draw.samples.push_back(assays.samples.size());
  return draw;
}

std::vector<Uncertainty::Draw> Uncertainty::Sample(std::size_t count, std::int64_t seed,
                                                   bool stratified) const {
  std::vector<Draw> draws(count, Nominal());
  const double n = static_cast<double>(count);
  std::uint32_t dimension = 0;
  const auto uniforms = [&] {
    RandomStream random(seed, RandomStream::Purpose::kScenario, dimension++, 0);
    std::vector<double> values(count);
    if (stratified) {
      const std::vector<std::size_t> stratum = Shuffled(count, &random);
      for (std::size_t k = 0; k < count; ++k) {
        values[k] = (static_cast<double>(stratum[k]) + random.Uniform()) / n;
      }
    } else {
      for (double& value : values) value = random.Uniform();
    }
    // Away from the ends, where a normal is infinite.
    for (double& value : values) value = std::clamp(value, 0x1p-54, 1 - 0x1p-53);
    return values;
  };
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    const UncertainNumber& number = numbers_[i];
    const std::vector<double> u = uniforms();
    for (std::size_t k = 0; k < count; ++k) {
      draws[k].values[i] = grouped_[i]      ? NormalQuantile(u[k])
                           : number.sd == 0 ? number.low + u[k] * (number.high - number.low)
                                            : CutNormalQuantile(u[k], number.value, number.sd,
                                                                number.low, number.high);
    }
  }
  for (const Group& group : groups_) {
    for (Draw& draw : draws) {
      // From below, so that what is still needed is there.
      for (std::size_t i = group.factor.size(); i-- > 0;) {
        double deviation = 0;
        for (std::size_t j = 0; j <= i; ++j) {
          deviation += group.factor[i][j] * draw.values[group.first + j];
        }
        draw.values[group.first + i] = numbers_[group.first + i].value + deviation;
      }
    }
  }
  for (std::size_t a = 0; a < assays_.size(); ++a) {
    const std::vector<double> u = uniforms();
    const double samples = static_cast<double>(assays_[a].samples.size());
    for (std::size_t k = 0; k < count; ++k) {
      draws[k].samples[a] = static_cast<std::size_t>(u[k] * samples);
    }
  }
  return draws;
}

void Uncertainty::Apply(const Draw& draw, Flowsheet* flowsheet) const {
  std::size_t index = 0, next = 0;
  VisitLeaves(*flowsheet, [&](auto& leaf, const Bounds& bounds, const auto&) {
    const std::size_t at = index++;
    if constexpr (std::is_same_v<std::decay_t<decltype(leaf)>, Number>) {
      if (next == leaves_.size() || leaves_[next].leaf != at) return;
      double value = draw.values[leaves_[next++].number];
      // A normal that is cut can end on a bound that is not allowed itself.
      if (bounds.lower_open && value <= bounds.lower) value = std::nextafter(bounds.lower, 1e300);
      if (bounds.upper_open && value >= bounds.upper) value = std::nextafter(bounds.upper, -1e300);
      leaf = value;
    }
  });
  for (std::size_t a = 0; a < assays_.size(); ++a) {
    if (draw.samples[a] >= assays_[a].samples.size()) continue;
    const Assay& assay = assays_[a].samples[draw.samples[a]];
    for (Stream& stream : flowsheet->streams) {
      if (stream.name != assays_[a].stream) continue;
      if (assay.hcl) stream.hcl = assay.hcl;
      for (const MetalConcentration& metal : assay.metals) {
        const auto own =
            std::find_if(stream.metals.begin(), stream.metals.end(),
                         [&](const MetalConcentration& m) { return m.element == metal.element; });
        if (own != stream.metals.end()) {
          own->mol_per_l = metal.mol_per_l;
        } else {
          stream.metals.push_back(metal);
        }
      }
    }
  }
}

Chemistry Uncertainty::With(const Draw& draw, const Chemistry& chemistry) const {
  Chemistry drawn = chemistry;
  for (const ConstantNumber& number : constants_) {
    ExtractantSystem& system = drawn.systems.at(number.system);
    const double value = draw.values[number.number];
    for (EquilibriumConstant& constant : system.constants) {
      if (constant.element != number.element) continue;
      switch (number.quantity) {
        case Quantity::kLog10K:
          constant.log10_k = value;
          break;
        case Quantity::kD:
          constant.d = std::pow(10, value);
          break;
        case Quantity::kBeta:
          constant.beta = std::pow(10, value);
          break;
        case Quantity::kDimers:
          constant.dimers = value;
          break;
        case Quantity::kLog10Beta:
          constant.complexes.front().log10_beta.front() = value;
          break;
      }
    }
  }
  return drawn;
}

}  // namespace raffinate::optimizer
