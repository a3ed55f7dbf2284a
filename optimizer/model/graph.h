// What the names of a flowsheet say of its shape: which stream enters where, and which
// circuits wait for one another.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kernels/circuit.h"
#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

/// Where a named stream comes from.
struct StreamOrigin {
  int stream = -1;   ///< from outside: its index in the flowsheet
  int circuit = -1;  ///< otherwise the circuit that it leaves
  std::string root;  ///< name of the stream that it is, or is a part of
  kernels::Phase phase = kernels::Phase::kAqueous;
  std::vector<std::pair<std::size_t, std::size_t>> parts;  ///< splits and parts on the way
};

/// A stream that leaves a circuit and enters one, perhaps the same.
struct Edge {
  int from = 0;
  int to = 0;
  int section = -1;  ///< of `to`; -1: the organic's `from`
  int index = 0;     ///< of the section's inlets
  std::string name;  ///< as it is named where it enters
};

/// The shape of a flowsheet. It does not depend on the numbers: one graph serves all
/// candidates of a search. Names that lead nowhere are left out; of a name that is used twice
/// the first use counts.
class Graph {
 public:
  explicit Graph(const Flowsheet& flowsheet);

  /// Null for a name that is none, or a part of itself.
  const StreamOrigin* Find(const std::string& name) const;
  const std::vector<Edge>& edges() const { return edges_; }

  /// Circuits that a stream can go round between, each before those that wait for it. One of
  /// its own is a group without a recycle unless an edge leads back to itself.
  const std::vector<std::vector<int>>& groups() const { return groups_; }

  /// One circuit, streams from outside, nothing divided.
  bool alone() const { return alone_; }

  /// Circuits that what enters circuit `from` can come to, itself included.
  std::set<std::size_t> Reached(int from) const;

  /// Names of all streams that can be named as inlets.
  std::vector<std::string> names() const;

 private:
  void AddOrigins(const Flowsheet& flowsheet);
  void AddEdges(const Flowsheet& flowsheet);
  void AddGroups(int circuits);

  std::map<std::string, StreamOrigin> origins_;
  std::vector<Edge> edges_;
  std::vector<std::vector<int>> groups_;
  bool alone_ = false;
};

/// The share of its root that a stream is; a flowsheet of numbers.
double ShareOf(const Flowsheet& flowsheet, const StreamOrigin& origin);

/// Everything that is consumed somewhere: as an inlet, as the organic of a circuit, or by a
/// split; with the field path of the first use.
std::map<std::string, std::string> Consumed(const Flowsheet& flowsheet);

}  // namespace raffinate::optimizer
