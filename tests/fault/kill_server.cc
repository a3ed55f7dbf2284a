// A server that a test can kill: the real engine, often saved. Prints its port.
// SIGTERM drains it.
#include <signal.h>

#include <iostream>

#include "service/server.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: raffinate_kill_server DATABASE\n";
    return 2;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  raffinate::service::ServerOptions options;
  options.listen_address = "127.0.0.1:0";
  options.database_path = argv[1];
  options.checkpoint_interval = absl::Milliseconds(50);
  auto server = raffinate::service::Server::Start(options);
  if (!server.ok()) {
    std::cerr << server.status() << "\n";
    return 1;
  }
  std::cout << (*server)->bound_port() << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  (*server)->Drain();
  return 0;
}
