#include "optimizer/train/pattern.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

constexpr absl::string_view kMarks = "{}|+";

class Parser {
 public:
  Parser(absl::string_view text, const std::vector<std::string>& names)
      : rest_(text), names_(names), seen_(names.size(), false) {}

  std::vector<BlockPattern> Parse(std::string* error) {
    if (Takes('{')) {
      Block();
    } else {
      Fail("a set of linked circuits begins with a brace");
    }
    if (error_.empty() && !Spaces().empty()) {
      Fail(absl::StrCat("'", rest_, "' stands behind the last brace"));
    }
    *error = error_;
    return error_.empty() ? std::move(blocks_) : std::vector<BlockPattern>();
  }

 private:
  using Products = std::vector<std::size_t>;

  void Fail(const std::string& why) {
    if (!error_.empty()) return;
    error_ = absl::StrCat(why, "; write it as \"{A | B + C}\", of ", absl::StrJoin(names_, ", "));
  }

  absl::string_view Spaces() { return rest_ = absl::StripLeadingAsciiWhitespace(rest_); }

  bool Takes(char mark) {
    if (Spaces().empty() || rest_.front() != mark) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Behind its opening brace.
  Products Block() {
    const std::size_t place = blocks_.size();
    // Each set parts at least two products: more nesting than that is no train.
    if (place + 1 >= names_.size()) {
      Fail("it has more sets than the products can be parted by");
      return {};
    }
    blocks_.emplace_back();
    std::vector<Products> outputs;
    do {
      outputs.push_back(Takes('{') ? Block() : Group());
    } while (error_.empty() && Takes('|'));
    if (error_.empty() && !Takes('}')) Fail("a bar or a closing brace is missing");
    if (outputs.size() < 2) Fail("a set has at least two outputs, with a bar between them");
    Products all;
    if (!error_.empty()) return all;
    std::sort(outputs.begin(), outputs.end());
    for (const Products& output : outputs) {
      if (!all.empty()) blocks_[place].cuts.push_back(output.front());
      all.insert(all.end(), output.begin(), output.end());
    }
    CheckNeighbours(all);
    blocks_[place].first = all.front();
    blocks_[place].last = all.back();
    return all;
  }

  Products Group() {
    Products group;
    do {
      group.push_back(Name());
    } while (error_.empty() && Takes('+'));
    std::sort(group.begin(), group.end());
    CheckNeighbours(group);
    return group;
  }

  std::size_t Name() {
    const std::size_t length = std::min(Spaces().find_first_of(kMarks), rest_.size());
    const std::string name(absl::StripTrailingAsciiWhitespace(rest_.substr(0, length)));
    rest_.remove_prefix(length);
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end()) {
      Fail(name.empty() ? "a product is missing" : Unknown("product", name, names_));
      return 0;
    }
    const auto product = static_cast<std::size_t>(found - names_.begin());
    if (seen_[product]) Fail(absl::StrCat("'", name, "' stands there twice"));
    seen_[product] = true;
    return product;
  }

  void CheckNeighbours(const Products& sorted) {
    for (std::size_t k = 1; k < sorted.size(); ++k) {
      if (sorted[k] == sorted[k - 1] + 1) continue;
      Fail(absl::StrCat("between '", names_[sorted[k - 1]], "' and '", names_[sorted[k]],
                        "' lies another product: what goes together is extracted one after "
                        "the other"));
    }
  }

  absl::string_view rest_;
  const std::vector<std::string>& names_;
  std::vector<bool> seen_;
  std::vector<BlockPattern> blocks_;
  std::string error_;
};

}  // namespace

std::vector<BlockPattern> ParsePattern(const std::string& text,
                                       const std::vector<std::string>& names, std::string* error) {
  return Parser(text, names).Parse(error);
}

}  // namespace raffinate::optimizer
