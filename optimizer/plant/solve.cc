#include "optimizer/plant/solve.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <map>

#include "optimizer/parallel.h"
#include "optimizer/plant/recycle.h"

namespace raffinate::optimizer {
namespace {

/// Derivatives held at once; each is as large as its cascade.
constexpr std::size_t kMostSeeds = 4000;

/// Iterations for circuits that a step of Newton's method is tried on. One that needs more has
/// been asked for a state that hardly exists; less of the step costs less than finding out.
constexpr int kMostTrialIterations = 150;

// Solves the circuits of `plants` as one batch.
void SolveCircuits(const kernels::Device& device, const kernels::SolveOptions& options,
                   std::span<Recycle*> plants) {
  if (plants.empty()) return;
  std::vector<kernels::Task> batch;
  std::vector<std::size_t> first;
  for (Recycle* plant : plants) {
    first.push_back(batch.size());
    plant->Prepare(&batch);
  }
  first.push_back(batch.size());
  std::vector<kernels::Solution> solved(batch.size());
  kernels::Solve(device, batch, options, solved);
  ParallelFor(device.threads, plants.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end; ++p) {
      plants[p]->Take(std::span(solved).subspan(first[p], first[p + 1] - first[p]));
    }
  });
}

void Differentiate(const kernels::Device& device, std::span<Recycle*> plants) {
  std::vector<kernels::GradientTask> tasks;
  std::vector<std::size_t> first;
  const auto flush = [&](std::size_t begin, std::size_t end) {
    std::vector<std::vector<kernels::CascadeGradient>> gradients(tasks.size());
    kernels::Differentiate(device, tasks, gradients);
    for (std::size_t p = begin; p < end; ++p) {
      const std::size_t last = p + 1 < end ? first[p + 1 - begin] : tasks.size();
      plants[p]->TakeGradients(
          std::span(gradients).subspan(first[p - begin], last - first[p - begin]));
    }
    tasks.clear();
    first.clear();
  };
  std::size_t begin = 0, seeds = 0;
  for (std::size_t p = 0; p < plants.size(); ++p) {
    first.push_back(tasks.size());
    plants[p]->PrepareGradients(&tasks);
    for (std::size_t t = first.back(); t < tasks.size(); ++t) seeds += tasks[t].seeds.size();
    if (seeds < kMostSeeds && p + 1 < plants.size()) continue;
    flush(begin, p + 1);
    begin = p + 1;
    seeds = 0;
  }
}

}  // namespace

void SolvePlants(const kernels::Device& device, std::span<const PlantTask> tasks,
                 const PlantOptions& options, std::span<PlantSolution> solutions) {
  // A deque: what is solved points into them.
  std::deque<Recycle> plants;
  for (std::size_t p = 0; p < tasks.size(); ++p)
    plants.emplace_back(tasks[p], options, &solutions[p]);
  for (;;) {
    std::vector<Recycle*> open, finding, trying;
    for (Recycle& plant : plants) {
      if (plant.done()) continue;
      open.push_back(&plant);
      (plant.tries_step() ? trying : finding).push_back(&plant);
    }
    if (open.empty()) return;
    SolveCircuits(device, options.solve, finding);
    kernels::SolveOptions hurried = options.solve;
    hurried.max_iterations = std::min(hurried.max_iterations, kMostTrialIterations);
    SolveCircuits(device, hurried, trying);
    std::vector<Recycle*> wanting;
    for (Recycle* plant : open) {
      if (!plant->done() && plant->wants_gradients()) wanting.push_back(plant);
    }
    Differentiate(device, wanting);
  }
}

double PlantBalanceError(const Plant& plant, const PlantSolution& solution) {
  std::map<std::string, std::pair<double, double>> moles;  // in and out
  double anions_in = 0, anions_out = 0, acid_in = 0, acid_out = 0, charge_scale = 0, worst = 0;
  bool anions = true, acid = true;
  std::vector<std::vector<kernels::Outflow>> rows;
  for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
    const Built& built = plant.circuits[c];
    const kernels::Cascade& cascade = plant.cascades[c];
    worst = std::max(worst, kernels::BalanceError(built.circuit, cascade, solution.circuits[c]));
    rows.push_back(kernels::Outflows(built.circuit, cascade, solution.circuits[c]));
    anions = anions && cascade.law != kernels::Law::kConstantBeta;
    acid = acid && cascade.proton();
    std::vector<bool> linked(built.circuit.inlets.size(), false);
    for (const LinkedInlet& link : built.links) {
      if (link.inlet >= 0) linked[link.inlet] = true;
    }
    for (std::size_t k = 0; k < linked.size(); ++k) {
      const kernels::Inlet& inlet = built.circuit.inlets[k];
      if (linked[k]) continue;
      // What a stream brings into an organic of held volume is no feed.
      std::vector<double> own = inlet.molarity;
      double charge = 0;
      for (std::size_t i = 0; i < own.size(); ++i) {
        double amount = inlet.flow * own[i];
        for (std::size_t l = 0; l < plant.links.size(); ++l) {
          const Link& link = plant.links[l];
          if (link.to != static_cast<int>(c) || !link.held || k != 0) continue;
          std::size_t offset = 0;
          for (std::size_t before = 0; before < l; ++before) {
            offset += 2 * plant.circuits[plant.links[before].from].components.size();
          }
          const Built& from = plant.circuits[link.from];
          const int component = from.Component(built.components[i]->symbol);
          if (component >= 0) {
            amount -= solution.moles[offset + from.components.size() + component];
          }
        }
        moles[built.components[i]->symbol].first += amount;
        charge += cascade.components[i].charge * amount;
      }
      const bool aqueous = inlet.phase == kernels::Phase::kAqueous;
      anions_in += aqueous ? inlet.flow * inlet.anions : 0;
      acid_in += (aqueous ? inlet.flow * inlet.anions : 0) - charge;
      charge_scale += (aqueous ? inlet.flow * std::abs(inlet.anions) : 0) + charge;
    }
  }
  for (const Link& link : plant.links) {
    for (std::size_t i = 0; i < link.metered.size(); ++i) {
      const Built& to = plant.circuits[link.to];
      moles[to.components[i]->symbol].first += link.metered[i];
      acid_in -= to.circuit.components[i].charge * link.metered[i];
      charge_scale += to.circuit.components[i].charge * link.metered[i];
    }
  }
  for (const Rest& rest : plant.rests) {
    const Built& built = plant.circuits[rest.circuit];
    const kernels::Outflow& row = rows[rest.circuit][built.leaving[rest.leaving].row];
    double organic_charge = 0;
    for (std::size_t i = 0; i < row.metals.size(); ++i) {
      moles[built.components[i]->symbol].second += rest.share * row.metals[i];
      organic_charge +=
          built.circuit.components[i].charge * (row.metals[i] - row.aqueous_metals[i]);
    }
    anions_out += rest.share * row.anions;
    acid_out += rest.share * (row.free_acid - organic_charge);
  }
  const auto compare = [&worst](double in, double out, double scale) {
    if (scale > 0) worst = std::max(worst, std::abs(in - out) / scale);
  };
  for (const auto& [element, amount] : moles) {
    compare(amount.first, amount.second, std::max(amount.first, amount.second));
  }
  if (anions) compare(anions_in, anions_out, std::max(std::abs(anions_in), std::abs(anions_out)));
  if (acid) compare(acid_in, acid_out, charge_scale);
  return worst;
}

}  // namespace raffinate::optimizer
