// The closed loop of `raffinate setpoints demo` for several seeds of the instruments' noise: a
// simulated plant led by advice beside the same plant with fixed setpoints. Prints JSON.
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/machine.h"
#include "service/local/plant_demo.h"
#include "service/local/plant_file.h"
#include "service/server.h"

namespace raffinate {
namespace {

constexpr int kSeeds = 5;

std::string List(const std::vector<double>& values, int digits) {
  std::string text;
  for (const double value : values) {
    absl::StrAppendFormat(&text, "%s%.*g", text.empty() ? "" : ", ", digits, value);
  }
  return absl::StrCat("[", text, "]");
}

void PrintTotals(const char* name, const service::PlantDemoTotals& totals, const char* end) {
  std::printf("       \"%s\": {\"acid_kg\": %.6g, \"base_kg\": %.6g, \"products\": [", name,
              totals.acid_kg, totals.base_kg);
  for (std::size_t p = 0; p < totals.products.size(); ++p) {
    const auto& product = totals.products[p];
    std::printf(
        "%s\n         {\"product\": \"%s\", \"purity\": %.8g, \"worst_purity\": %.8g, "
        "\"hours_missed\": %g, \"recovery\": %.6g, \"reo_kg\": %.6g}",
        p == 0 ? "" : ",", product.name.c_str(), product.purity, product.worst_purity,
        product.hours_missed, product.recovery, product.kg);
  }
  std::printf("]}%s\n", end);
}

int Main(const std::string& path) {
  v1::Plant plant;
  const service::ReadResult read = service::ReadPlantFile(path, &plant);
  if (!read.ok()) {
    std::fprintf(stderr, "%s\n", service::FormatProblem(read.problems[0]).c_str());
    return 1;
  }
  service::ServerOptions server_options;
  server_options.listen_address = "";
  auto server = service::Server::Start(server_options);
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", server.status().ToString().c_str());
    return 1;
  }
  service::PlantDemoOptions options;
  std::printf(
      "{\n  \"benchmark\": \"setpoints_demo\",\n  \"date\": \"%s\",\n  \"processor\": \"%s\",\n"
      "  \"hours\": %g,\n  \"feed_change_at_h\": %g,\n  \"feed_change\": %g,\n"
      "  \"assay_delay_h\": %g,\n  \"drift_sd_per_day\": %g,\n  \"constants_off_sd\": %g,\n"
      "  \"runs\": [\n",
      bench::Today().c_str(), bench::ProcessorName().c_str(), options.hours, options.change_at_h,
      options.change, options.assay_delay_h, options.drift_per_day, options.constants_off);
  std::string course;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    options.seed = static_cast<std::uint64_t>(seed);
    const auto demo = service::RunPlantDemo(plant, (*server)->InProcessChannel(), options, nullptr);
    if (!demo.ok()) {
      std::fprintf(stderr, "%s\n", demo.status().ToString().c_str());
      return 1;
    }
    int held = 0;
    for (const service::PlantDemoHour& hour : demo->hours) held += hour.held ? 1 : 0;
    std::vector<double> inferred;
    for (const auto& offset : demo->constants.offsets()) inferred.push_back(offset.log10_k());
    std::printf(
        "      {\"seed\": %d, \"intervals_held\": %d, \"true_log10_k\": %s, "
        "\"inferred_log10_k\": %s,\n",
        seed, held, List(demo->true_log10_k, 4).c_str(), List(inferred, 4).c_str());
    PrintTotals("advised", demo->advised, ",");
    PrintTotals("fixed", demo->unadvised, seed < kSeeds ? "}," : "}");
    if (seed > 1) continue;
    for (const service::PlantDemoHour& hour : demo->hours) {
      absl::StrAppendFormat(&course,
                            "%s    {\"hour\": %g, \"setpoints\": %s, \"advised_purities\": %s, "
                            "\"fixed_purities\": %s}",
                            course.empty() ? "" : ",\n", hour.hour, List(hour.setpoints, 5),
                            List(hour.advised_purities, 7), List(hour.fixed_purities, 7));
    }
  }
  std::printf("  ],\n  \"course_of_seed_1\": [\n%s\n  ]\n}\n", course.c_str());
  return 0;
}

}  // namespace
}  // namespace raffinate

int main(int argc, char** argv) {
  if (argc == 2) return raffinate::Main(argv[1]);
  std::fprintf(stderr, "usage: setpoints_demo PLANT (examples/setpoints/la-nd-plant.yaml)\n");
  return 2;
}
