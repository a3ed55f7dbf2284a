// Ours of the comparison with public peers (compare.py): the two-metal cascade,
// cold, one at a time on one core.
//
//   cascade_case STAGES...
//
// Prints one JSON object: machine, and for each number of stages the milliseconds
// of one solution (median), the iterations and the raffinate [mol/L].
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/machine.h"
#include "kernels/circuit.h"
#include "kernels/solve.h"

namespace raffinate::bench {
namespace {

constexpr double kSeconds = 0.3;  // of repetitions per number of stages

/// La and Nd, 0.1 mol/L each, H+ 0.01 mol/L, against 0.5 mol/L dimer at O/A 1.
kernels::Circuit LanthanumNeodymium(int stages) {
  kernels::Circuit c;
  c.components = {{-3.1765, 3, 3}, {-2.1746, 3, 3}};
  c.stages = stages;
  kernels::Inlet feed;
  feed.stage = stages - 1;
  feed.flow = 1;
  feed.molarity = {0.1, 0.1};
  feed.anions = 0.61;
  kernels::Inlet organic;
  organic.phase = kernels::Phase::kOrganic;
  organic.flow = 1;
  organic.extractant_dimer_mol_per_l = 0.5;
  organic.molarity = {0, 0};
  c.inlets = {feed, organic};
  return c;
}

/// One entry of the list, or nothing when the case cannot be solved.
std::string Measure(int stages) {
  kernels::Cascade cascade;
  if (!Assemble(LanthanumNeodymium(stages), &cascade).empty()) return "";
  const kernels::Device core{kernels::Device::Kind::kCpuScalar, 0, 1};
  const kernels::Task task{&cascade, nullptr};
  kernels::Solution solution;
  std::vector<double> seconds;
  const double end = Now() + kSeconds;
  do {
    const double begin = Now();
    Solve(core, {&task, 1}, kernels::SolveOptions(), {&solution, 1});
    seconds.push_back(Now() - begin);
  } while (Now() < end);
  if (solution.status != kernels::SolveStatus::kSolved) return "";
  char text[256];
  std::snprintf(text, sizeof text,
                "    {\"stages\": %d, \"ms\": %.6g, \"iterations\": %d, "
                "\"raffinate\": [%.12g, %.12g, %.12g]}",
                stages, 1e3 * Quantile(seconds, 0.5), solution.iterations, solution.x[0],
                solution.x[1], std::exp(solution.state.ln_h[0]));
  return text;
}

int Main(int argc, char** argv) {
  std::string rows;
  for (int k = 1; k < argc; ++k) {
    const std::string row = Measure(std::atoi(argv[k]));
    if (row.empty()) {
      std::fprintf(stderr, "cascade_case: '%s': no number of stages that can be solved\n", argv[k]);
      return 1;
    }
    rows += (rows.empty() ? "" : ",\n") + row;
  }
  if (rows.empty()) {
    std::fprintf(stderr, "usage: cascade_case STAGES...\n");
    return 2;
  }
  std::printf("{\n  \"processor\": \"%s\",\n  \"date\": \"%s\",\n  \"results\": [\n%s\n  ]\n}\n",
              ProcessorName().c_str(), Today().c_str(), rows.c_str());
  return 0;
}

}  // namespace
}  // namespace raffinate::bench

int main(int argc, char** argv) { return raffinate::bench::Main(argc, argv); }
