// Parts of a train as they are written: "{Nd | {Pr | Ce} | La}".
#pragma once

#include <string>
#include <vector>

#include "optimizer/train/structure.h"

namespace raffinate::optimizer {

/// The blocks that `text` names, an outer one before those within it. Braces hold a block, bars
/// part its outputs; an output is a block again, or products joined by plus signs whose separation
/// is not said. That is how Describe writes structures.
///
/// `names`: products by falling beta; `text` may have them in any order. Returns nothing and fills
/// `error`, in words, where `text` is no such block, names what is no product or one twice, or an
/// output is no run of neighbours.
std::vector<BlockPattern> ParsePattern(const std::string& text,
                                       const std::vector<std::string>& names, std::string* error);

}  // namespace raffinate::optimizer
