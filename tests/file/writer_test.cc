#include "service/file/writer.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "raffinate/v1/chemistry.pb.h"
#include "raffinate/v1/flowsheet.pb.h"
#include "service/file/reader.h"
#include "service/file/schema.h"
#include "tests/file/sample.h"

namespace raffinate::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::MessageDifferencer;

TEST(Writer, SplitsAreWrittenByTheirParts) {
  v1::Flowsheet flowsheet;
  const char* const kYaml = R"(splits:
  raffinate: {to scrub: 30 %, bleed: {}}
  scrub acid: {parts: {one: 0.25, two: 0.75}}
circuits:
  main:
    organic: {from: loaded organic of other, make_up: 50 L/h, outlet: stripped}
)";
  ASSERT_TRUE(ReadText(kYaml, "f", FileFormat::kYaml, SampleOptions(), &flowsheet).ok());
  ASSERT_EQ(flowsheet.splits_size(), 2);
  EXPECT_EQ(flowsheet.splits(0).stream(), "raffinate");
  ASSERT_EQ(flowsheet.splits(0).parts_size(), 2);
  EXPECT_EQ(flowsheet.splits(0).parts(0).name(), "to scrub");
  EXPECT_DOUBLE_EQ(flowsheet.splits(0).parts(0).share().value(), 0.3);
  EXPECT_FALSE(flowsheet.splits(0).parts(1).has_share());
  EXPECT_EQ(flowsheet.splits(1).parts(1).name(), "two");
  EXPECT_DOUBLE_EQ(flowsheet.circuits(0).organic().make_up_m3_per_h().value(), 0.05);
  v1::Flowsheet again;
  ASSERT_TRUE(ReadText(WriteYaml(flowsheet), "f", FileFormat::kYaml, SampleOptions(), &again).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(flowsheet, again)) << WriteYaml(flowsheet);
}

TEST(Writer, WritesWhatAPersonWouldWrite) {
  v1::Flowsheet flowsheet;
  ASSERT_TRUE(ReadText(GoodYaml(), "f", FileFormat::kYaml, SampleOptions(), &flowsheet).ok());
  flowsheet.mutable_streams(0)->clear_metals();
  EXPECT_EQ(WriteYaml(flowsheet), R"(name: Nd/Pr split
description: A sample.
streams:
  feed:
    flow: 10 m3/h
    hcl: 0.1 mol/L
  scrub:
    flow: 2 m3/h
    hcl: 4.5 mol/L
circuits:
  main:
    extractant:
      system: P507-HCl
      concentration: 1.5 mol/L
    organic:
      flow: {min: 8 m3/h, max: 60 m3/h, start: 10 m3/h, step: 2 m3/h, log: true}
      loop: open
      saponification: 0.35
      base: naoh
    sections:
      extraction:
        stages: {min: 8, max: 60}
        inlets: [feed]
        outlet: raffinate
      scrub:
        stages: 10
        inlets:
          - {stream: scrub, stage: 10}
        draws:
          mid:
            phase: aqueous
            stage: {choices: [2, 4]}
            share: 0.1
products:
  heavy:
    stream: loaded organic
    elements: [Nd, Dy]
    purity: ">= 99.9 %"
    recovery: ">= 95 %"
objectives:
  - {maximize: purity, product: heavy}
  - {minimize: acid_kg_per_t_reo}
  - {minimize: stages}
constraints:
  - {figure: stages, max: 60}
search:
  evaluations: 1000
  wall_time: 300 s
  seed: 7
)");
}

// Random messages that hold nothing the reader refuses.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  void Fill(Message* message, int depth) {
    const Reflection* reflection = message->GetReflection();
    if (IsLeafMessage(message->GetDescriptor())) {
      FillLeaf(message);
      return;
    }
    for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = message->GetDescriptor()->field(i);
      if (Below(3) == 0) continue;
      const int size = field->is_repeated() ? Below(4) : 1;
      for (int k = 0; k < size; ++k) {
        if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
          SetScalar(message, field, false);
        } else if (depth > 0) {
          Fill(field->is_repeated() ? reflection->AddMessage(message, field)
                                    : reflection->MutableMessage(message, field),
               depth - 1);
        }
      }
    }
  }

 private:
  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

  double Double() {
    switch (Below(5)) {
      case 0:
        return Below(200) - 100;
      case 1:
        return Below(1000) / 1000.0;
      case 2:
        return std::uniform_real_distribution<double>(-1, 1)(random_);
      case 3:
        return std::ldexp(std::uniform_real_distribution<double>(1, 2)(random_), Below(1900) - 950);
      default:
        return Below(2) == 0 ? 0.0 : 0.1 + 0.2;
    }
  }

  std::string Text() {
    static const std::vector<std::string> kPieces = {
        "a",      "B",      "Nd",   " ",   "  ",   ": ",  "- ",     "#",   " #",   "\n",
        "\t",     "\"",     "'",    "\\",  "{",    "}",   "[",      "]",   ",",    "&",
        "*",      "!",      "|",    ">",   ">=",   "%",   "@",      "`",   "null", "~",
        "true",   "yes",    "12",   "1.5", ".nan", "---", "...",    "?",   "é",    "\U0001F600",
        "\u0085", "\u2028", "\x07", "\r",  "<<",   "=",   "\uFEFF", "\x7F"};
    std::string text;
    const int pieces = Below(5);
    for (int i = 0; i < pieces; ++i) text += kPieces[static_cast<std::size_t>(Below(48))];
    return text;
  }

  // `count`: not negative.
  void SetScalar(Message* message, const FieldDescriptor* field, bool count) {
    const Reflection* reflection = message->GetReflection();
    const bool add = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_DOUBLE:
        add ? reflection->AddDouble(message, field, Double())
            : reflection->SetDouble(message, field, Double());
        break;
      case FieldDescriptor::CPPTYPE_INT32: {
        const int value = Below(1 << 30) - (count ? 0 : 1 << 29);
        add ? reflection->AddInt32(message, field, value)
            : reflection->SetInt32(message, field, value);
        break;
      }
      case FieldDescriptor::CPPTYPE_INT64:
        reflection->SetInt64(message, field, static_cast<std::int64_t>(random_()));
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        reflection->SetBool(message, field, Below(2) == 0);
        break;
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value = Below(field->enum_type()->value_count());
        add ? reflection->AddEnumValue(message, field, value)
            : reflection->SetEnumValue(message, field, value);
        break;
      }
      case FieldDescriptor::CPPTYPE_STRING:
        add ? reflection->AddString(message, field, Text())
            : reflection->SetString(message, field, Text());
        break;
      default:
        break;
    }
  }

  void FillLeaf(Message* leaf) {
    const Reflection* reflection = leaf->GetReflection();
    const auto* kinds = leaf->GetDescriptor()->oneof_decl(0);
    const FieldDescriptor* kind = kinds->field(Below(kinds->field_count()));
    if (kind->name() == "value") {
      SetScalar(leaf, kind, true);
      return;
    }
    Message* member = reflection->MutableMessage(leaf, kind);
    for (int i = 0; i < member->GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = member->GetDescriptor()->field(i);
      const int size = field->is_repeated() ? 1 + Below(3) : Below(2);
      for (int k = 0; k < size; ++k) SetScalar(member, field, true);
    }
  }

  std::mt19937 random_;
};

template <class M>
void RoundTrip(unsigned seed, int rounds) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Generator generator(seed);
  for (int round = 0; round < rounds; ++round) {
    M want, got;
    generator.Fill(&want, 6);
    const std::string text = WriteYaml(want);
    const ReadResult result = ReadText(text, "f", FileFormat::kYaml, SampleOptions(), &got);
    if (want.ByteSizeLong() == 0) continue;
    ASSERT_TRUE(result.ok()) << FormatProblem(result.problems[0]) << "\n" << text;
    std::string difference;
    MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&difference);
    ASSERT_TRUE(differencer.Compare(want, got)) << difference << "\n" << text;
  }
}

TEST(Writer, ReadsBackToTheSameMessage) {
  const unsigned seed = std::random_device()();
  RecordProperty("seed", static_cast<int>(seed));
  RoundTrip<v1::Flowsheet>(seed, 1000);
  RoundTrip<v1::ChemistryData>(seed, 300);
}

TEST(Writer, DemandsKeepTheirBits) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int i = 0; i < 5000; ++i) {
    v1::Product want, got;
    const double value = std::uniform_real_distribution<double>(0, 1)(random);
    want.set_min_purity(i % 2 == 0 ? value : std::round(value * 1e5) / 1e5);
    ASSERT_TRUE(ReadText(WriteYaml(want), "f", FileFormat::kYaml, {}, &got).ok());
    ASSERT_EQ(want.min_purity(), got.min_purity()) << WriteYaml(want);
  }
}

}  // namespace
}  // namespace raffinate::service
