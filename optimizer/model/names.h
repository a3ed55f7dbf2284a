// Names that a flowsheet refers to, and what to say when one is not known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

/// Cations of bases and acid; carried by the cascade but not counted as metal in
/// purities. The proton is a component only where salts are extracted.
inline constexpr char kSodium[] = "Na";
inline constexpr char kAmmonium[] = "NH4";
inline constexpr char kProton[] = "H";

/// What leaves the last stage of an open loop.
inline constexpr char kLoadedOrganic[] = "loaded organic";
/// What enters the first stage.
inline constexpr char kOrganic[] = "organic";

/// The name of what leaves the last stage of an open loop: the circuit's own, else
/// `loaded organic`, with several circuits `loaded organic of CIRCUIT`.
std::string LoadedOrganicName(const Flowsheet& flowsheet, std::size_t circuit);
/// `organic`, with several circuits `organic of CIRCUIT`.
std::string EnteringOrganicName(const Flowsheet& flowsheet, std::size_t circuit);

inline bool IsBaseCation(std::string_view element) {
  return element == kSodium || element == kAmmonium || element == kProton;
}

/// Number of single-character insertions, deletions, replacements and swaps of
/// neighbours (each character edited at most once) that turn `a` into `b`,
/// letters compared without case.
int EditDistance(std::string_view a, std::string_view b);

/// "unknown element 'Ndd'; did you mean 'Nd'? Known: La, Nd, Pr". The question
/// is left out when nothing is near.
std::string Unknown(std::string_view kind, std::string_view name,
                    const std::vector<std::string>& known);

}  // namespace raffinate::optimizer
