#include "optimizer/model/names.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace raffinate::optimizer {

namespace {

std::string OfCircuit(const char* what, const Flowsheet& flowsheet, std::size_t circuit) {
  if (flowsheet.circuits.size() == 1) return what;
  return absl::StrCat(what, " of ", flowsheet.circuits[circuit].name);
}

}  // namespace

std::string LoadedOrganicName(const Flowsheet& flowsheet, std::size_t circuit) {
  const std::string& own = flowsheet.circuits[circuit].organic.outlet;
  return own.empty() ? OfCircuit(kLoadedOrganic, flowsheet, circuit) : own;
}

std::string EnteringOrganicName(const Flowsheet& flowsheet, std::size_t circuit) {
  return OfCircuit(kOrganic, flowsheet, circuit);
}

int EditDistance(std::string_view a, std::string_view b) {
  const std::string left = absl::AsciiStrToLower({a.data(), a.size()});
  const std::string right = absl::AsciiStrToLower({b.data(), b.size()});
  const std::size_t columns = right.size() + 1;
  std::vector<std::vector<int>> d(left.size() + 1, std::vector<int>(columns));
  for (std::size_t j = 0; j < columns; ++j) d[0][j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= left.size(); ++i) {
    d[i][0] = static_cast<int>(i);
    for (std::size_t j = 1; j < columns; ++j) {
      const int replace = d[i - 1][j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[left.size()][right.size()];
}

std::string Unknown(std::string_view kind, std::string_view name,
                    const std::vector<std::string>& known) {
  // A long name is not worth a quadratic comparison, nor its repetition.
  constexpr std::size_t kLongest = 100;
  constexpr std::size_t kMostListed = 40;
  const bool cut = name.size() > kLongest;
  const std::string_view shown = name.substr(0, kLongest);
  std::string message =
      absl::StrCat("unknown ", std::string(kind), " '", std::string(shown), cut ? "..." : "", "'");
  const std::string* nearest = nullptr;
  int least = std::max<int>(2, static_cast<int>(shown.size()) / 3) + 1;
  for (const std::string& candidate : known) {
    const int distance = cut ? least : EditDistance(shown, candidate);
    // A name of which nothing would be left is no suggestion.
    if (distance < least && distance < static_cast<int>(candidate.size())) {
      least = distance;
      nearest = &candidate;
    }
  }
  if (nearest != nullptr) absl::StrAppend(&message, "; did you mean '", *nearest, "'?");
  const std::size_t listed = std::min(known.size(), kMostListed);
  absl::StrAppend(&message, nearest != nullptr ? " Known: " : "; known: ",
                  known.empty() ? std::string("none")
                                : absl::StrJoin(known.begin(), known.begin() + listed, ", "));
  if (listed < known.size()) absl::StrAppend(&message, " and ", known.size() - listed, " more");
  return message;
}

}  // namespace raffinate::optimizer
