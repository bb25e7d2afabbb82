#!/bin/sh
# Makes the virtual environment from the hashed list and leaves the command `nightshift` in it.
set -eu
venv=$1
python=${PYTHON:-python3}
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Night Shift needs Python 3.11 or newer; $python is $("$python" --version 2>&1). Set PYTHON=..." >&2
  exit 3
}
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "Installing the locked packages into $venv ..."
# The installer comes from the same list, by its hashes.
installer=$(mktemp)
trap 'rm -f "$installer"' EXIT
sed -n '/^uv==/,/[^\\]$/p' requirements.lock > "$installer"
if [ -x "$venv/bin/uv" ] ||
  "$venv/bin/python" -m pip install --quiet --no-deps --require-hashes -r "$installer"; then
  VIRTUAL_ENV=$venv "$venv/bin/uv" pip sync --quiet --require-hashes --compile-bytecode \
    --python "$venv/bin/python" requirements.lock
  VIRTUAL_ENV=$venv "$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation \
    --python "$venv/bin/python" --editable .
else
  "$venv/bin/python" -m pip install --quiet --no-deps --require-hashes -r requirements.lock
  "$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable .
fi
"$venv/bin/python" -m compileall -q daemon plugins
echo "Ready: $venv/bin/nightshift"
