#include "kernels/feeds.h"

#include <algorithm>

namespace raffinate::kernels {
namespace {

template <class Of>
auto Find(Of& feeds, long at) {
  return std::lower_bound(feeds.begin(), feeds.end(), at,
                          [](const Feed& feed, long where) { return feed.at < where; });
}

}  // namespace

void AddFeed(long at, double amount, Feeds* feeds) {
  if (amount == 0) return;
  const auto next = Find(*feeds, at);
  if (next != feeds->end() && next->at == at) {
    next->amount += amount;
  } else {
    feeds->insert(next, {at, amount});
  }
}

double FeedAt(const Feeds& feeds, long at) {
  const auto found = Find(feeds, at);
  return found != feeds.end() && found->at == at ? found->amount : 0;
}

std::vector<double> Spread(const Feeds& feeds, std::size_t size) {
  std::vector<double> all(size, 0.0);
  for (const Feed& feed : feeds) all[static_cast<std::size_t>(feed.at)] = feed.amount;
  return all;
}

}  // namespace raffinate::kernels
