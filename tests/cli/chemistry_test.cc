#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "raffinate/v1/chemistry.pb.h"
#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::HasSubstr;

TEST(Chemistry, ListsAndShowsExtractants) {
  const Folder folder;
  const Outcome list = folder.Run({"extractants", "list"});
  EXPECT_EQ(list.code, 0) << list.err;
  for (const char* name : {"P507-HCl", "D2EHPA-HCl", "Cyanex272-HCl"}) {
    EXPECT_THAT(list.out, HasSubstr(name));
    const Outcome show = folder.Run({"extractants", "show", name});
    EXPECT_EQ(show.code, 0) << show.err;
    EXPECT_THAT(show.out, HasSubstr("mass_action_dimer"));
    EXPECT_THAT(show.out, HasSubstr("source: "));
    const Outcome json = folder.Run({"extractants", "show", name, "--json"});
    v1::ExtractantSystem system;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json.out, &system).ok());
    EXPECT_EQ(system.name(), name);
    EXPECT_GT(system.constants_size(), 3);
  }
}

TEST(Chemistry, NamesTheNearestExtractant) {
  const Outcome outcome = Folder().Run({"extractants", "show", "P507-HCI"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("P507-HCl"));
}

TEST(Chemistry, ListsFeeds) {
  const Outcome list = Folder().Run({"feeds", "list"});
  EXPECT_EQ(list.code, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr("magnet"));
  EXPECT_THAT(list.out, HasSubstr("source: "));
  const Outcome json = Folder().Run({"feeds", "list", "--json"});
  v1::ListFeedsResponse feeds;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json.out, &feeds).ok());
  EXPECT_GE(feeds.feeds_size(), 3);
}

}  // namespace
}  // namespace raffinate::cli
