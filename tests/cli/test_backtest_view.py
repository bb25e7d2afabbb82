"""What a backtest and a sweep print for people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from daemon.cli.backtest_view import figure_rows, print_backtest
from daemon.cli.sweep_view import print_sweep
from daemon.domain.briefing.strategy import benchmark_of
from daemon.domain.briefing.wording import percent
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.genome import gate
from daemon.supervisor.evaluations import Backtest
from daemon.supervisor.failed import Failed
from tests.domain.briefing.night_records import SOURCE, night_records

GATED = gate.check(SOURCE.format(idea="Buy weakness.", rsi=2, trend=50))
NOTHING: Any = None


def evaluation_of(**changes: Any) -> Evaluation:
    evaluation = night_records(trials=1).trials[0].evaluation
    assert evaluation is not None
    judged = replace(evaluation, selection=0.5, fitness=0.8, fitness_refusal="", capital=5e4)
    return replace(judged, **changes)


def backtest_of(evaluation: Evaluation, **params: float) -> Backtest:
    return Backtest("idea", GATED, params, NOTHING, NOTHING, evaluation)


def shown(profit_factor: float | None) -> str:
    evaluation = evaluation_of()
    metrics = replace(evaluation.metrics, profit_factor=profit_factor)
    rows = figure_rows(replace(evaluation, metrics=metrics))
    return next(own for name, own, _ in rows if name == "profit factor")


def test_a_capped_profit_factor_is_shown_as_ten_or_more() -> None:
    assert shown(10.0) == "10 or more"
    assert shown(9.99) == "9.99"
    assert shown(None) == "undefined"


def test_the_market_held_stands_beside_the_strategy() -> None:
    evaluation = evaluation_of()
    held = benchmark_of(evaluation.market_returns)

    rows = {name: (own, other) for name, own, other in figure_rows(evaluation)}

    told = [percent(x).replace("\u00a0", " ") for x in (held.total_return, held.max_drawdown)]
    assert [rows[name][1] for name in ("total return", "max drawdown")] == told
    assert rows["final equity"][1] == f"${5e4 * (1 + held.total_return):,.0f}"
    assert rows["trades"][1] == rows["fitness"][1] == ""


def test_a_backtest_says_on_what_it_ran_and_on_what_terms(
    capsys: pytest.CaptureFixture[str],
) -> None:
    skipped = evaluation_of(symbols=("SPY", "QQQ"), skipped=("XLC",), simulated=False)

    print_backtest(backtest_of(skipped), 0.5, None)

    told = capsys.readouterr().out
    assert told.startswith("Buy weakness.\n")
    assert "SPY, QQQ: 1d bars from 2015-01-02 to 2023-01-01 (2,014 sessions, 2,014 bars)\n" in told
    assert "$50,000 to start with, friction profile retail\n" in told
    assert "skipped, no data: XLC\n" in told
    assert "SIMULATED" not in told
    assert "no fitness" not in told


def test_a_missing_fitness_has_its_reason_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    refused = evaluation_of(fitness=None, selection=None, fitness_refusal="too_few_trades")
    blocks = evaluation_of().blocks
    broken = replace(blocks[2], fitness=None, refusal="not_finite")
    partly = evaluation_of(selection=None, blocks=(*blocks[:2], broken, *blocks[3:]))

    print_backtest(backtest_of(refused), 0.5, None)
    print_backtest(backtest_of(partly), 0.5, None)

    told = capsys.readouterr().out
    assert "no fitness: it traded too seldom to judge\n" in told
    reason = "no selection fitness: it gave figures that are not numbers in 1 of 6 blocks\n"
    assert reason in told


def test_a_sweep_says_the_same_above_its_points(capsys: pytest.CaptureFixture[str]) -> None:
    refused = evaluation_of(fitness=None, selection=None, fitness_refusal="too_few_trades")
    failed = Failed(GATED, {"rsi": 9}, NOTHING, NOTHING, ())

    print_sweep(
        [failed, backtest_of(evaluation_of(), rsi=2), backtest_of(refused, rsi=3.5)], 1, None
    )

    told = capsys.readouterr().out
    held = benchmark_of(evaluation_of().market_returns)
    words = f"Buy and hold of the same symbols: return {percent(held.total_return)}, Sharpe"
    assert words.replace("\u00a0", " ") in told
    assert "SIMULATED MARKET" in told
    assert "friction profile retail" in told
    lines = [line.split("  ") for line in told.splitlines()]
    assert [line[0].strip() or line[1] for line in lines if "undefined" in line] == ["3.5"]
    assert told.count("traded too seldom to judge") == 1


def test_a_sweep_without_a_refusal_has_no_column_for_reasons(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_sweep([backtest_of(evaluation_of(), rsi=2)], 1, None)

    assert "why there is none" not in capsys.readouterr().out
