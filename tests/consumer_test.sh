#!/usr/bin/env bash
# Installs a build into a prefix of its own, and builds and runs tests/consumer against nothing but that.
# Usage: consumer_test.sh BUILD_DIR WORK_DIR [CMAKE ARGUMENTS for the consumer...]
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/consumer
build_dir=$1
work_dir=$2
shift 2

mkdir -p "$work_dir"
rm -rf "$work_dir/prefix"
cmake --install "$build_dir" --prefix "$work_dir/prefix" >"$work_dir/install.log"
cmake -S "$source_dir" -B "$work_dir/build" -DCMAKE_PREFIX_PATH="$work_dir/prefix" "$@"
cmake --build "$work_dir/build" --parallel "$(nproc)"
"$work_dir/build/consumer" "$work_dir"
