#include "tests/fault/server_process.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

extern char** environ;

namespace raffinate::fault {

ServerProcess::ServerProcess(const std::string& program, const std::string& database) {
  int pipes[2];
  if (pipe(pipes) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, pipes[0]);
  posix_spawn_file_actions_addclose(&actions, pipes[1]);
  std::string program_argument = program, database_argument = database;
  char* arguments[] = {program_argument.data(), database_argument.data(), nullptr};
  const int error = posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipes[1]);
  std::string line;
  char byte;
  while (error == 0 && read(pipes[0], &byte, 1) == 1 && byte != '\n') line += byte;
  close(pipes[0]);
  if (line.empty()) throw std::runtime_error("the server does not start");
  // No channel is shared with an earlier server on the same port.
  grpc::ChannelArguments channel;
  channel.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  channel.SetMaxReceiveMessageSize(-1);
  optimizations_ = v1::Optimizations::NewStub(
      grpc::CreateCustomChannel("127.0.0.1:" + line, grpc::InsecureChannelCredentials(), channel));
}

ServerProcess::~ServerProcess() {
  if (process_ > 0) End(SIGKILL);
}

int ServerProcess::End(int signal) {
  kill(process_, signal);
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace raffinate::fault
