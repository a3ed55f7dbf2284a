// A server in a process of its own, and a client's view of it.
#pragma once

#include <grpcpp/grpcpp.h>
#include <sys/types.h>

#include <memory>
#include <string>

#include "raffinate/v1/optimizations.grpc.pb.h"

namespace raffinate::fault {

class ServerProcess {
 public:
  /// Starts `program DATABASE` and waits for its port. Throws when it does not
  /// come up.
  ServerProcess(const std::string& program, const std::string& database);
  /// Kills it when it is still there.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// Sends `signal` and waits until the process is gone. Its exit status, or
  /// minus the signal that ended it.
  int End(int signal);

  v1::Optimizations::Stub& optimizations() { return *optimizations_; }

 private:
  pid_t process_ = -1;
  std::unique_ptr<v1::Optimizations::Stub> optimizations_;
};

}  // namespace raffinate::fault
