#!/bin/sh
# Makes .venv-peers: the engines Night Shift is measured against. They are never dependencies:
# some licences forbid it, and their pins would clash with the locked list.
set -eu
venv=${1:-.venv-peers}
python=${PYTHON:-python3}
export PIP_DISABLE_PIP_VERSION_CHECK=1

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet "vectorbt[rust]>=1.2,<2"
"$venv/bin/python" -m pip install --quiet "polars>=2.1,<3" "duckdb>=2,<3"
"$venv/bin/python" -c 'import vectorbt; print("vectorbt", vectorbt.__version__)'
"$venv/bin/python" -c 'import polars, duckdb; print("polars", polars.__version__, "duckdb", duckdb.__version__)'
