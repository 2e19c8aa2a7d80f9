#!/usr/bin/env bash
# Runs once, while Gradescope builds the container: makes a virtual environment for the grader.
set -euo pipefail

root="${ADCHECK_AUTOGRADER:-/autograder}"

fits() {
  command -v "$1" > /dev/null &&
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2> /dev/null
}

python=""
for candidate in python@PYTHON@ python3.13 python3.12 python3.11 python3; do
  if fits "$candidate"; then
    python="$candidate"
    break
  fi
done

if [ -z "$python" ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  if ! apt-get install -y python@PYTHON@ python@PYTHON@-venv; then
    apt-get install -y software-properties-common
    add-apt-repository -y ppa:deadsnakes/ppa
    apt-get update
    apt-get install -y python@PYTHON@ python@PYTHON@-venv
  fi
  python="python@PYTHON@"
fi

"$python" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install --no-cache-dir --quiet -r "$root/source/requirements.txt"
PYTHONPATH="$root/source/lib" "$root/venv/bin/python" -m adcheck version
