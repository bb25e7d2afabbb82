from dataclasses import replace

from daemon.cli.backtest_view import figure_rows
from tests.domain.briefing.night_records import night_records


def shown(profit_factor: float | None) -> object:
    evaluation = night_records(trials=1).trials[0].evaluation
    assert evaluation is not None
    metrics = replace(evaluation.metrics, profit_factor=profit_factor)
    return dict(figure_rows(replace(evaluation, metrics=metrics)))["profit factor"]


def test_a_capped_profit_factor_is_shown_as_ten_or_more() -> None:
    assert shown(10.0) == "10 or more"
    assert shown(9.99) == 9.99
    assert shown(None) == "undefined"
