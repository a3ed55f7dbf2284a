# Shared by the scripts of this folder; sourced, not run.
# shellcheck shell=bash disable=SC2034
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

say() { printf '\033[1m== %s\033[0m\n' "$*"; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

cores=$(nproc)

# One cache for all build trees: paths below the root count as relative.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
# Without these it leaves alone whatever uses a precompiled header: it cannot see macros
# that change between one and its source, nor the time of day, and we have neither.
export CCACHE_SLOPPINESS=pch_defines,time_macros

# What a build and its tests need, all from Debian 12.
build_packages=(
  g++ cmake ninja-build ccache pkg-config
  libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev
  libabsl-dev libyaml-cpp-dev libudunits2-dev libsqlite3-dev libcli11-dev
  libceres-dev libcsv-dev libeigen3-dev gnuplot-nox libcpp-httplib-dev
  libthrust-dev libcub-dev libtbb-dev
  libgtest-dev libgmock-dev
  python3-grpcio python3-protobuf python3-pandas python3-matplotlib python3-tqdm
  python3-setuptools python3-wheel python3-pip python3-venv python3-pytest python3-yaml mypy
  python3-nbclient python3-nbformat python3-ipykernel openssl curl chromium fonts-dejavu-core)
# Node.js from elsewhere brings an npm of its own, which Debian's refuses to stand beside.
command -v npm >/dev/null || build_packages+=(nodejs npm)

# as_root COMMAND...: runs it as root, by sudo where we are not.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -n "$@" || die "root is needed for: $* (run as root, or allow sudo without a password)"
  else
    die "root is needed for: $* (there is no sudo)"
  fi
}

# install_packages NAME...: installs what is missing, and says what.
install_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "not a Debian system; install by hand: ${missing[*]}"
  say "Installing Debian packages: ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
    "${missing[@]}"
}

# The CUDA compiler, or nothing.
find_nvcc() { command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null || true; }

# Whether this machine has a GPU that CUDA can use.
have_gpu() { command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q '^GPU'; }

# configure PRESET [CMAKE-ARGUMENT...]
configure() {
  local launcher=()
  if command -v ccache >/dev/null; then
    launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  fi
  cmake --preset "$1" "${launcher[@]}" "${@:2}" --log-level=NOTICE
}

# configure_release [CMAKE-ARGUMENT...]: with the CUDA backend where it can be used, or
# where $with_cuda is ON. Without a GPU only .ci/run asks for it, so that nobody waits for
# nvcc in vain.
configure_release() {
  local cuda=${with_cuda:-OFF}
  if have_gpu && [ -n "$(find_nvcc)" ]; then cuda=ON; fi
  configure release -DRAFFINATE_CUDA="$cuda" "$@"
}
