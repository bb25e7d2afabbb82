"""The page of a report: one self-contained file with its data and its plotting library inside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np

from daemon.domain.briefing.scales import thinned

_DATA: Final = Path(__file__).resolve().parent.parent / "data"
_POLICY: Final = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"
_FEW_RUNS: Final = 12
_TRADES: Final = 2000
_KEPT: Final = ("name", "params", "metrics", "selection", "fitness_refusal", "flags")


def report_page(subject: Mapping[str, Any], runs: Sequence[Mapping[str, Any]]) -> str:
    """The page for runs with name, params, metrics, dates, equity (float64), trades, judgement.

    subject: genome, data, capital and friction, as in metrics.json; failed: parameters and `why`
    of each run without figures.
    """
    asked = len(runs) + len(subject["failed"])
    what = "backtest" if asked == 1 else f"sweep of {asked:,} runs"
    title = f"{subject['genome']['name']}: {what}"
    style = (_DATA / "report" / "page.css").read_text(encoding="utf-8")
    script = (_DATA / "report" / "page.js").read_text(encoding="utf-8")
    library = (_DATA / "assets" / "echarts" / "echarts.min.js").read_text(encoding="utf-8")
    points = 2000 if len(runs) <= _FEW_RUNS else 400
    data = script_json({**subject, "runs": [_shown(run, points) for run in runs]})
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<main id="page"><h1>{escape(title)}</h1></main>\n'
        "<noscript>This page needs scripts; the tables beside it do not.</noscript>\n"
        f'<script type="application/json" id="data">{data}</script>\n'
        f"<script>{library}</script>\n<script>\n{script}</script>\n</body>\n</html>\n"
    )


def script_json(value: Any) -> str:
    """JSON that may stand inside a <script>: nothing in it can end it or open a comment."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _shown(run: Mapping[str, Any], points: int) -> dict[str, Any]:
    equity = np.asarray(run["equity"], dtype=np.float64)
    keep = thinned([equity], points).tolist()
    curve = [[run["dates"][k], round(float(equity[k]), 2)] for k in keep]
    kept = {name: run[name] for name in _KEPT}
    return {**kept, "curve": curve, "months": _months(run["dates"], equity), **_trades(run)}


def _trades(run: Mapping[str, Any]) -> dict[str, Any]:
    return {"trades": run["trades"][:_TRADES], "trade_count": len(run["trades"])}


def _months(dates: Sequence[str], equity: np.ndarray[Any, np.dtype[np.float64]]) -> list[list[Any]]:
    """Return of each calendar month, from the last session of the month before it."""
    ends = [k for k in range(len(dates)) if k + 1 == len(dates) or dates[k][:7] != dates[k + 1][:7]]
    months, before = [], 0
    for end in ends:
        change = float(equity[end] / equity[before] - 1.0) if equity[before] > 0 else 0.0
        months.append([int(dates[end][:4]), int(dates[end][5:7]), round(change, 5)])
        before = end
    return months
