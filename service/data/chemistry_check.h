// What makes a file of chemistry good or bad.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "optimizer/model/chemistry.h"
#include "raffinate/v1/chemistry.pb.h"
#include "service/file/reader.h"

namespace raffinate::service {

/// Checks files of chemistry one after another and against each other.
class ChemistryChecker {
 public:
  /// Everything wrong with `data`, read from `file`: an element that no file so
  /// far defines, a name or an element given twice (in this file or another), a
  /// number out of its range, a number without class or source, a constant that
  /// its law does not use. Files that define elements come first.
  std::vector<FileProblem> Check(const std::string& file, const SourceMap& source,
                                 const v1::ChemistryData& data);

 private:
  struct Context;
  void CheckElements(const v1::ChemistryData& data, Context& context);
  void CheckSystem(const v1::ExtractantSystem& system, const std::string& path, Context& context);
  void CheckHydroxide(const v1::Hydroxide& hydroxide, const std::string& path, Context& context);
  void CheckLimits(const v1::OperatingLimits& limits, Context& context);
  void CheckDatum(const v1::Datum& datum, const std::string& path, Context& context);
  void CheckSolvent(const v1::Solvent& solvent, const std::string& path, Context& context);
  void CheckFeed(const v1::Feed& feed, const std::string& path, Context& context);
  bool Known(const std::string& element) const { return elements_.count(element) > 0; }

  // Name -> where it was defined, "file:line".
  std::map<std::string, std::string> elements_;
  std::map<std::string, std::string> systems_;
  std::map<std::string, std::string> feeds_;
  std::map<std::string, std::string> hydroxides_;
  std::map<std::string, std::string> prices_;
  std::map<std::string, std::string> factors_;
  std::map<std::string, std::string> effluent_limits_;
  std::map<std::string, std::string> solvents_;
  // The symbols of elements_, for checks of the model.
  std::map<std::string, optimizer::Element> known_;
};

}  // namespace raffinate::service
