// Conversion between message and model. Messages are made by reflection, so
// that a field added to the contract is tested the day it is added.
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <set>

#include "service/convert/chemistry.h"
#include "service/convert/dynamics.h"
#include "service/convert/flowsheet.h"
#include "service/convert/simulation.h"

namespace raffinate::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::MessageDifferencer;

std::uint64_t Seed() {
  const std::uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  return seed;
}

// Fills every field with values that are no defaults.
class Filler {
 public:
  explicit Filler(std::uint64_t seed) : random_(seed) {}

  void Fill(Message* message) {
    if (auto* uncertain = dynamic_cast<v1::NumberUncertain*>(message); uncertain != nullptr) {
      // One kind of spread; a relative one comes back as what it is in the unit of the number.
      uncertain->set_value(Real());
      if (Below(2) == 0) {
        uncertain->set_sd(Real());
      } else {
        for (int end = 0; end < 2; ++end) uncertain->add_uniform(Real());
      }
      return;
    }
    const auto* descriptor = message->GetDescriptor();
    for (int i = 0; i < descriptor->oneof_decl_count(); ++i) {
      const auto* oneof = descriptor->oneof_decl(i);
      Set(message, oneof->field(Below(oneof->field_count())));
    }
    for (int i = 0; i < descriptor->field_count(); ++i) {
      if (descriptor->field(i)->containing_oneof() == nullptr) Set(message, descriptor->field(i));
    }
  }

 private:
  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  double Real() { return std::uniform_real_distribution<>(1.5, 9.5)(random_); }
  std::string Text() { return "t" + std::to_string(Below(1000000)); }

  void Set(Message* message, const FieldDescriptor* field) {
    const Reflection* r = message->GetReflection();
    const int count = field->is_repeated() ? 1 + Below(3) : 1;
    for (int i = 0; i < count; ++i) {
      switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_DOUBLE:
          field->is_repeated() ? r->AddDouble(message, field, Real())
                               : r->SetDouble(message, field, Real());
          break;
        case FieldDescriptor::CPPTYPE_INT32:
          field->is_repeated() ? r->AddInt32(message, field, 2 + Below(99))
                               : r->SetInt32(message, field, 2 + Below(99));
          break;
        case FieldDescriptor::CPPTYPE_INT64:
          r->SetInt64(message, field, 2 + Below(99));
          break;
        case FieldDescriptor::CPPTYPE_BOOL:
          r->SetBool(message, field, true);
          break;
        case FieldDescriptor::CPPTYPE_STRING: {
          // The one string with a meaning of its own.
          const bool unit = field->full_name() == "raffinate.v1.ExtractantSystem.unit";
          const std::string text = unit ? "mmol/L" : Text();
          field->is_repeated() ? r->AddString(message, field, text)
                               : r->SetString(message, field, text);
          break;
        }
        case FieldDescriptor::CPPTYPE_ENUM: {
          // The last one: defaults come first and are left out of messages.
          const auto* type = field->enum_type();
          const auto* last = type->value(type->value_count() - 1);
          field->is_repeated() ? r->AddEnum(message, field, last)
                               : r->SetEnum(message, field, last);
          break;
        }
        case FieldDescriptor::CPPTYPE_MESSAGE:
          Fill(field->is_repeated() ? r->AddMessage(message, field)
                                    : r->MutableMessage(message, field));
          break;
        default:
          FAIL() << "no rule for " << field->full_name();
      }
    }
  }

  std::mt19937_64 random_;
};

// A transient changes no stream but of chloride media.
void KeepToChloride(google::protobuf::RepeatedPtrField<v1::Stream>* streams) {
  for (v1::Stream& stream : *streams) {
    stream.clear_hno3_mol_per_l();
    stream.clear_nano3_mol_per_l();
    stream.clear_nh4no3_mol_per_l();
    stream.clear_h2so4_mol_per_l();
    stream.clear_na2so4_mol_per_l();
    stream.clear_nh4_2so4_mol_per_l();
    stream.clear_complexants();
    stream.clear_residues();
  }
}

v1::Flowsheet FullFlowsheet(std::uint64_t seed) {
  v1::Flowsheet out;
  Filler(seed).Fill(&out);
  KeepToChloride(out.mutable_dynamics()->mutable_initially()->mutable_streams());
  for (auto& change : *out.mutable_dynamics()->mutable_changes()) {
    KeepToChloride(change.mutable_streams());
  }
  return out;
}

using Visit = std::function<void(Message*, const FieldDescriptor*, int index, const std::string&)>;

// Calls `visit` with every scalar that is set, and every message, and its path.
void Walk(Message* message, const std::string& path, const Visit& visit) {
  const Reflection* r = message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  r->ListFields(*message, &fields);
  for (const auto* field : fields) {
    const std::string at = path.empty() ? field->name() : path + "." + field->name();
    const int count = field->is_repeated() ? r->FieldSize(*message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const std::string here = field->is_repeated() ? at + "[" + std::to_string(i) + "]" : at;
      visit(message, field, field->is_repeated() ? i : -1, here);
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
      Walk(field->is_repeated() ? r->MutableRepeatedMessage(message, field, i)
                                : r->MutableMessage(message, field),
           here, visit);
    }
  }
}

TEST(Convert, EveryFieldOfAFlowsheetSurvivesTheRoundTrip) {
  const std::uint64_t seed = Seed();
  for (std::uint64_t i = 0; i < 100; ++i) {
    const v1::Flowsheet before = FullFlowsheet(seed + i);
    optimizer::Flowsheet model;
    ASSERT_TRUE(FromProto(before, &model).empty());
    const v1::Flowsheet after = ToProto(model);
    std::string difference;
    MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&difference);
    ASSERT_TRUE(differencer.Compare(before, after)) << difference << "seed " << seed + i;
  }
}

TEST(Convert, ATransientRefusesWhatItCannotChange) {
  v1::Flowsheet proto = FullFlowsheet(Seed());
  auto* stream = proto.mutable_dynamics()->mutable_initially()->mutable_streams(0);
  stream->mutable_h2so4_mol_per_l()->set_value(1);
  stream->add_complexants()->set_ligand("lactate");
  stream->add_residues()->set_name("cake");
  optimizer::Flowsheet model;
  const auto violations = FromProto(proto, &model);
  ASSERT_EQ(violations.size(), 3u);
  EXPECT_EQ(violations[0].field, "dynamics.initially.streams[0].h2so4_mol_per_l");
  EXPECT_EQ(violations[1].field, "dynamics.initially.streams[0].complexants");
  EXPECT_EQ(violations[2].field, "dynamics.initially.streams[0].residues");
}

TEST(Convert, DefaultsAreLeftOut) {
  optimizer::Flowsheet model;
  model.circuits.emplace_back().sections.emplace_back();
  model.circuits[0].system = std::string("P507-HCl");
  const v1::Flowsheet proto = ToProto(model);
  EXPECT_FALSE(proto.has_search());
  const auto& section = proto.circuits(0).sections(0);
  EXPECT_FALSE(section.has_outlet_share());
  EXPECT_FALSE(section.has_efficiency());
  EXPECT_FALSE(section.has_aqueous_entrainment());
  EXPECT_FALSE(section.has_organic_entrainment());
  EXPECT_FALSE(proto.circuits(0).organic().has_saponification());
  EXPECT_EQ(proto.circuits(0).organic().loop(), v1::Organic::LOOP_UNSPECIFIED);
  optimizer::Flowsheet again;
  EXPECT_TRUE(FromProto(proto, &again).empty());
  EXPECT_EQ(std::get<double>(again.circuits[0].sections[0].efficiency), 1);
  EXPECT_EQ(again.search.seed, 1);
}

TEST(Convert, EveryNumberThatIsNoneIsNamed) {
  const v1::Flowsheet good = FullFlowsheet(Seed());
  int checked = 0;
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    v1::Flowsheet work = good;
    // The paths first: the message is changed on the way.
    std::vector<std::string> paths;
    Walk(&work, "", [&](Message*, const FieldDescriptor* f, int, const std::string& path) {
      if (f->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) paths.push_back(path);
    });
    for (const auto& target : paths) {
      work = good;
      Walk(&work, "", [&](Message* m, const FieldDescriptor* f, int index, const std::string& at) {
        if (at != target) return;
        const Reflection* r = m->GetReflection();
        index < 0 ? r->SetDouble(m, f, bad) : r->SetRepeatedDouble(m, f, index, bad);
      });
      optimizer::Flowsheet model;
      const auto violations = FromProto(work, &model);
      ASSERT_EQ(violations.size(), 1u) << target;
      EXPECT_EQ(violations[0].field, target);
      ++checked;
    }
  }
  EXPECT_GT(checked, 40);
}

TEST(Convert, EveryUnknownEnumValueIsNamed) {
  const v1::Flowsheet good = FullFlowsheet(Seed());
  v1::Flowsheet work = good;
  std::vector<std::string> paths;
  Walk(&work, "", [&](Message*, const FieldDescriptor* f, int, const std::string& path) {
    if (f->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) paths.push_back(path);
  });
  EXPECT_GE(paths.size(), 6u);
  for (const auto& target : paths) {
    work = good;
    Walk(&work, "", [&](Message* m, const FieldDescriptor* f, int index, const std::string& at) {
      if (at != target) return;
      index < 0 ? m->GetReflection()->SetEnumValue(m, f, 99)
                : m->GetReflection()->SetRepeatedEnumValue(m, f, index, 99);
    });
    optimizer::Flowsheet model;
    const auto violations = FromProto(work, &model);
    ASSERT_EQ(violations.size(), 1u) << target;
    EXPECT_EQ(violations[0].field, target);
    EXPECT_NE(violations[0].description.find("99"), std::string::npos);
  }
}

TEST(Convert, EveryLeafWithoutAKindIsNamed) {
  static const std::set<std::string> kLeaves = {"raffinate.v1.Number", "raffinate.v1.Count",
                                                "raffinate.v1.Name"};
  const v1::Flowsheet good = FullFlowsheet(Seed());
  v1::Flowsheet work = good;
  std::vector<std::string> paths;
  Walk(&work, "", [&](Message*, const FieldDescriptor* f, int, const std::string& path) {
    if (f->message_type() && kLeaves.contains(f->message_type()->full_name())) {
      paths.push_back(path);
    }
  });
  EXPECT_GE(paths.size(), 20u);
  for (const auto& target : paths) {
    work = good;
    Message* leaf = nullptr;
    Walk(&work, "", [&](Message* m, const FieldDescriptor* f, int, const std::string& at) {
      if (at == target) leaf = m->GetReflection()->MutableMessage(m, f);
    });
    ASSERT_NE(leaf, nullptr);
    leaf->Clear();
    optimizer::Flowsheet model;
    const auto violations = FromProto(work, &model);
    ASSERT_EQ(violations.size(), 1u) << target;
    EXPECT_EQ(violations[0].field, target);
  }
}

TEST(Convert, EverythingThatIsMissingIsReportedAtOnce) {
  v1::Flowsheet proto;
  proto.add_streams()->add_metals();
  proto.mutable_streams(0)->add_complexants();
  proto.add_circuits()->add_sections()->add_draws();
  proto.mutable_circuits(0)->mutable_organic()->add_metals();
  proto.add_objectives();
  proto.add_extractant_systems();
  proto.mutable_dynamics()->add_changes()->add_streams()->add_metals();
  optimizer::Flowsheet model;
  std::set<std::string> fields;
  for (const auto& violation : FromProto(proto, &model)) fields.insert(violation.field);
  EXPECT_EQ(fields,
            (std::set<std::string>{
                "streams[0].flow_m3_per_h", "streams[0].metals[0].mol_per_l",
                "streams[0].complexants[0].mol_per_l", "circuits[0].organic.metals[0].mol_per_l",
                "circuits[0].extractant.system", "circuits[0].extractant.concentration_mol_per_l",
                "circuits[0].organic.flow_m3_per_h", "circuits[0].sections[0].stages",
                "circuits[0].sections[0].draws[0].stage", "objectives[0].direction",
                "extractant_systems[0].law", "dynamics.mixer_h", "dynamics.settler_h",
                "dynamics.until_h", "dynamics.every_h", "dynamics.changes[0].at_h",
                "dynamics.changes[0].streams[0].metals[0].mol_per_l"}));
}

TEST(Convert, MergedViolationsDoNotRepeatAField) {
  const optimizer::Violations merged = Merge({{"streams[0].flow_m3_per_h", "is missing"}},
                                             {{"streams[0].flow_m3_per_h", "is 0"},
                                              {"streams[0].flow_m3_per_h.range.min", "is negative"},
                                              {"streams[0].flow_m3_per_hour", "is another field"},
                                              {"streams[1].flow_m3_per_h", "is 0"}});
  ASSERT_EQ(merged.size(), 3u);
  EXPECT_EQ(merged[0].description, "is missing");
  EXPECT_EQ(merged[1].field, "streams[0].flow_m3_per_hour");
  EXPECT_EQ(merged[2].field, "streams[1].flow_m3_per_h");
}

TEST(Convert, OfASystemThatSaysNothingTheMediumIsChlorideAndIdeal) {
  v1::ExtractantSystem proto;
  proto.set_law(v1::ExtractantSystem::CORRELATION);
  optimizer::ExtractantSystem model;
  optimizer::Violations violations;
  FromProto(proto, "x", &model, &violations);
  EXPECT_TRUE(violations.empty());
  EXPECT_EQ(model.medium, optimizer::Medium::kChloride);
  EXPECT_EQ(model.activity, optimizer::ActivityModel::kIdeal);
  EXPECT_FALSE(model.reference_temperature.has_value());
}

TEST(Convert, UnitsOfConstantsAreConcentrations) {
  v1::ExtractantSystem proto;
  proto.set_law(v1::ExtractantSystem::MASS_ACTION_DIMER);
  const auto read = [&](const std::string& unit, optimizer::Violations* violations) {
    proto.set_unit(unit);
    optimizer::ExtractantSystem model;
    FromProto(proto, "x", &model, violations);
    return model.unit_mol_per_l;
  };
  optimizer::Violations none;
  EXPECT_EQ(read("mol/L", &none), 1);
  EXPECT_EQ(read("mmol/L", &none), 1e-3);
  EXPECT_EQ(read("mol/m3", &none), 1e-3);
  // A volume percent of D2EHPA.
  EXPECT_DOUBLE_EQ(read("0.030263839 mol/L", &none), 0.030263839);
  EXPECT_TRUE(none.empty());
  for (const char* wrong : {"g/L", "molar dimer", "kg"}) {
    optimizer::Violations violations;
    read(wrong, &violations);
    ASSERT_EQ(violations.size(), 1u) << wrong;
    EXPECT_EQ(violations[0].field, "x.unit");
  }
}

TEST(Convert, ChemistrySurvivesTheRoundTrip) {
  v1::ChemistryData data;
  Filler(Seed()).Fill(&data);
  // Lists of a map's entries come back sorted and once.
  data.mutable_extractant_systems()->DeleteSubrange(1, data.extractant_systems_size() - 1);
  data.mutable_elements()->DeleteSubrange(1, data.elements_size() - 1);
  data.mutable_feeds()->DeleteSubrange(1, data.feeds_size() - 1);
  data.mutable_hydroxides()->DeleteSubrange(1, data.hydroxides_size() - 1);
  data.mutable_feeds(0)->mutable_metals()->DeleteSubrange(1, data.feeds(0).metals_size() - 1);
  optimizer::Chemistry chemistry;
  const auto violations = FromProto(data, &chemistry);
  ASSERT_TRUE(violations.empty()) << violations[0].field << violations[0].description;
  EXPECT_TRUE(MessageDifferencer::Equals(ToProto(chemistry.systems.begin()->second),
                                         data.extractant_systems(0)));
  EXPECT_TRUE(
      MessageDifferencer::Equals(ToProto(chemistry.elements.begin()->second), data.elements(0)));
  EXPECT_TRUE(MessageDifferencer::Equals(ToProto(chemistry.feeds.begin()->second), data.feeds(0)));
  const auto& hydroxide = chemistry.hydroxides.begin()->second;
  ASSERT_EQ(hydroxide.solids.size(), static_cast<std::size_t>(data.hydroxides(0).solids_size()));
  EXPECT_EQ(hydroxide.solids[0].log10_ks, data.hydroxides(0).solids(0).log10_ks());
  EXPECT_EQ(hydroxide.log10_hydrolysis[0], data.hydroxides(0).log10_hydrolysis(0));
  EXPECT_EQ(chemistry.limits.max_organic_to_aqueous, data.limits().max_organic_to_aqueous());
  EXPECT_TRUE(chemistry.systems.begin()->second.built_in);
  *data.add_feeds() = data.feeds(0);
  *data.add_hydroxides() = data.hydroxides(0);
  optimizer::Chemistry again;
  const auto twice = FromProto(data, &again);
  ASSERT_EQ(twice.size(), 2u);
  EXPECT_EQ(twice[0].field, "feeds[1].name");
  EXPECT_EQ(twice[1].field, "hydroxides[1].element");
}

}  // namespace
}  // namespace raffinate::service
