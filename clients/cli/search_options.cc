#include "clients/cli/search_options.h"

#include <limits>
#include <string>

#include "service/file/scalar.h"

namespace raffinate::cli {

void SearchOptions::Apply(v1::Flowsheet* flowsheet) const {
  if (seed) flowsheet->mutable_search()->set_seed(*seed);
  if (evaluations) flowsheet->mutable_search()->set_max_evaluations(*evaluations);
  if (wall_time_s) flowsheet->mutable_search()->set_max_wall_time_s(*wall_time_s);
}

void AddSearchOptions(CLI::App* command, SearchOptions* options) {
  command->add_option("--seed", options->seed, "Seed of the search, instead of the file's")
      ->type_name("N");
  command
      ->add_option("--evaluations", options->evaluations,
                   "Stop after so many simulations, instead of the file's number")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max()));
  command
      ->add_option_function<std::string>(
          "--wall-time",
          [options](const std::string& text) {
            double seconds = 0;
            std::string error;
            if (!service::ParseNumber(text, {.unit = "s", .bare = true, .element = ""}, {},
                                      &seconds, &error)) {
              throw CLI::ValidationError("--wall-time", error);
            }
            if (!(seconds > 0)) throw CLI::ValidationError("--wall-time", "must be above zero");
            options->wall_time_s = seconds;
          },
          "Stop after this time: \"90\" (seconds), \"10 min\", \"2 h\"")
      ->type_name("TIME");
}

}  // namespace raffinate::cli
