import csv
import json
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from daemon.errors import MissingError, UsageError
from daemon.supervisor.report import ReportRun, Subject, curve_names, write_report
from daemon.supervisor.report_page import script_json
from tests.browser import measured, text_of
from tests.domain.briefing.night_records import metrics_of

SESSIONS = 500
DATES = [date(2015, 1, 2) + timedelta(days=k) for k in range(SESSIONS)]
CONFIGURATION = '# mine\n[daemon]\nstate = "state"\n'
TRADE = {
    "symbol": "SPY",
    "side": "long",
    "quantity": 10.0,
    "entry_time": "2015-01-05T14:30:00+00:00",
    "entry_price": 200.0,
    "exit_time": None,
    "exit_price": 201.0,
    "pnl": 10.0,
    "fees": 0.5,
    "reason": "open",
}


SUBJECT = Subject(
    name="pairs_by_hand",
    idea="Buy the laggard of two <b>friends</b>.",
    hash="ab12" * 16,
    symbols=("SPY", "QQQ"),
    skipped=("XLC",),
    timeframe="5m",
    start=DATES[0],
    end=DATES[-1],
    bars=39_000,
    capital=50_000.0,
    friction="retail",
    simulated=True,
)


def run(fast: int = 10, slow: int = 50, name: str = "", **changes: Any) -> ReportRun:
    returns = np.random.default_rng(fast * 1000 + slow).normal(0.0005, 0.01, SESSIONS)
    metrics = {**asdict(metrics_of(returns, 40)), "fitness": None}
    params = {"fast": fast, "slow": slow}
    equity = 1e5 * np.cumprod(1 + returns)
    made = ReportRun(name or f"fast={fast}, slow={slow}", params, metrics, DATES, equity, SUBJECT)
    return replace(made, **changes)


def grid() -> list[ReportRun]:
    return [run(fast, slow) for fast in (5, 10, 20) for slow in (50, 100)]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_backtest_report_has_figures_curve_trades_page_and_configuration(tmp_path: Path) -> None:
    folder = tmp_path / "report"

    write_report(folder, [run(trades=[TRADE, TRADE])], CONFIGURATION)

    assert sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()) == [
        "daemon.toml",
        "equity/fast-10-slow-50.csv",
        "index.html",
        "metrics.csv",
        "metrics.json",
        "trades.csv",
    ]
    assert (folder / "daemon.toml").read_text() == CONFIGURATION
    assert [row["exit_time"] for row in rows(folder / "trades.csv")] == ["", ""]


def test_the_tables_hold_the_figures_exactly(tmp_path: Path) -> None:
    runs = grid()
    write_report(tmp_path / "report", runs, "")

    table = rows(tmp_path / "report" / "metrics.csv")
    document = json.loads((tmp_path / "report" / "metrics.json").read_text())["runs"]

    assert [float(row["sharpe"]) for row in table] == [r.metrics["sharpe"] for r in runs]
    assert [(int(row["fast"]), int(row["slow"])) for row in table] == [
        tuple(r.params.values()) for r in runs
    ]
    assert [entry["metrics"] for entry in document] == [dict(r.metrics) for r in runs]
    assert {row["fitness"] for row in table} == {""}


def test_the_metrics_say_of_what_they_are_and_how_it_was_judged(tmp_path: Path) -> None:
    refused = run(refusal="too_few_trades", flags=("suspected_leak", "ambiguous"))
    write_report(tmp_path / "report", [run(selection=0.25), refused], "")

    document = json.loads((tmp_path / "report" / "metrics.json").read_text())
    table = rows(tmp_path / "report" / "metrics.csv")

    assert document["genome"] == {n: getattr(SUBJECT, n) for n in ("name", "idea", "hash")}
    assert document["data"] == {
        "symbols": ["SPY", "QQQ"],
        "skipped": ["XLC"],
        "timeframe": "5m",
        "start": "2015-01-02",
        "end": DATES[-1].isoformat(),
        "bars": 39_000,
        "simulated": True,
    }
    assert (document["capital"], document["friction"]) == (50_000.0, "retail")
    keys = ("selection", "fitness_refusal", "flags")
    assert [[entry[key] for key in keys] for entry in document["runs"]] == [
        [0.25, "", []],
        [None, "too_few_trades", ["suspected_leak", "ambiguous"]],
    ]
    assert [[row[key] for key in keys] for row in table] == [
        ["0.25", "", ""],
        ["", "too_few_trades", "suspected_leak ambiguous"],
    ]


def test_the_pages_title_has_the_genomes_name(tmp_path: Path) -> None:
    write_report(tmp_path / "one", [run()], "")
    write_report(tmp_path / "many", grid(), "")

    assert "<title>pairs_by_hand: backtest</title>" in (tmp_path / "one/index.html").read_text()
    many = (tmp_path / "many/index.html").read_text()
    assert "<title>pairs_by_hand: sweep of 6 runs</title>" in many


def test_each_curve_has_a_row_for_each_session(tmp_path: Path) -> None:
    runs = grid()
    write_report(tmp_path / "report", runs, "")

    for found, made in zip(rows(tmp_path / "report" / "metrics.csv"), runs, strict=True):
        curve = rows(tmp_path / "report" / found["curve"])
        assert [row["date"] for row in curve] == [d.isoformat() for d in DATES]
        assert [float(row["equity"]) for row in curve] == made.equity.tolist()


def test_an_earlier_report_is_replaced_whole(tmp_path: Path) -> None:
    write_report(tmp_path / "report", grid(), "")
    write_report(tmp_path / "report", [run()], "")

    assert len(list((tmp_path / "report" / "equity").iterdir())) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["report"]


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(UsageError, match="holds something that is not a report"):
        write_report(tmp_path, [run()], "")

    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(MissingError, match="cannot write the report to"):
        write_report(tmp_path / "file" / "report", [run()], "")


def test_the_same_runs_give_the_same_bytes(tmp_path: Path) -> None:
    write_report(tmp_path / "one", grid(), CONFIGURATION)
    write_report(tmp_path / "two", grid(), CONFIGURATION)

    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*.*"))
    for path in files:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()


def test_names_of_strangers_cannot_leave_the_folder_or_end_the_script(tmp_path: Path) -> None:
    name = "../../</script><script>alert(1)</script>"
    write_report(tmp_path / "report", [run(name=name)], "")

    page = (tmp_path / "report" / "index.html").read_text()
    assert "<script>alert(1)" not in page
    assert curve_names([run(name=name)]) == ["script-script-alert-1-script.csv"]


def test_two_runs_of_one_name_get_two_files() -> None:
    assert len(set(curve_names([run(), run()]))) == 2


@pytest.mark.parametrize("text", ["</script>", "<!--", "a & b", "\u2028"])
def test_data_in_a_script_element_is_inert_and_unchanged(text: str) -> None:
    written = script_json({"name": text})

    assert not set("<>&\u2028") & set(written)
    assert json.loads(written) == {"name": text}


def test_the_page_asks_nothing_of_a_network(tmp_path: Path) -> None:
    write_report(tmp_path / "report", [run()], "")

    page = (tmp_path / "report" / "index.html").read_text()
    assert "default-src 'none'" in page
    assert "<link" not in page.partition("<script>")[0]
    assert 'src="' not in page.partition("<script>")[0]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "single"), [(390, True), (390, False), (1200, False)])
def test_the_page_draws_without_errors(width: int, single: bool, tmp_path: Path) -> None:
    write_report(tmp_path / "report", [run(trades=[TRADE])] if single else grid(), "")
    page = (tmp_path / "report" / "index.html").read_text()

    found = measured(page, width, tmp_path)

    assert found["errors"] == []
    assert found["wide"] == []
    assert found["scroll"] <= width
    assert found["plots"] == (2 if single else 4)
    assert found["rows"] > (1 if single else 5)


@pytest.mark.browser
def test_the_page_says_what_was_traded_on_what_terms_and_warns(tmp_path: Path) -> None:
    leak = run(trades=[TRADE], flags=("suspected_leak",), refusal="too_few_trades", selection=None)
    write_report(tmp_path / "report", [leak], "")

    words = text_of((tmp_path / "report" / "index.html").read_text(), 1000, tmp_path)

    for said in (
        "SIMULATED MARKET",
        "Buy the laggard of two <b>friends</b>.",
        "pairs_by_hand",
        SUBJECT.hash,
        "SPY, QQQ; without data: XLC",
        "39,000 bars of 5m",
        "2015-01-02 to",
        "$50,000",
        "retail",
        "too few trades",
        "Suspected leak",
        "entry, New York",
        "2015-01-05 09:30",
    ):
        assert said in words, said


@pytest.mark.browser
def test_a_real_market_without_suspicion_has_no_warning(tmp_path: Path) -> None:
    honest = run(subject=replace(SUBJECT, simulated=False), trades=[TRADE], selection=0.5)
    write_report(tmp_path / "report", [honest], "")

    words = text_of((tmp_path / "report" / "index.html").read_text(), 1000, tmp_path)

    assert "real, 39,000 bars of 5m" in words
    assert "SIMULATED" not in words
    assert "Suspected" not in words


@pytest.mark.browser
def test_the_table_of_trades_is_whole_at_a_thousand_pixels(tmp_path: Path) -> None:
    long = TRADE | {
        "symbol": "GOOGL",
        "quantity": 12345.0,
        "entry_price": 4321.09,
        "exit_price": 4399.99,
        "exit_time": "2015-01-06T14:30:00+00:00",
        "pnl": -123456.7,
        "fees": 1234.56,
        "reason": "trailing_stop",
    }
    write_report(tmp_path / "report", [run(trades=[long])], "")
    page = (tmp_path / "report" / "index.html").read_text()

    assert measured(page, 1000, tmp_path)["cut"] == []


@pytest.mark.browser
def test_runs_that_failed_stand_in_a_table_of_their_own(tmp_path: Path) -> None:
    failed = replace(run(5, 100), metrics={}, dates=(), equity=np.empty(0), failure="it was late")

    write_report(tmp_path / "report", [run(), failed, run(20)], CONFIGURATION)

    words = text_of((tmp_path / "report" / "index.html").read_text(), 1000, tmp_path)
    assert "Failed: 1 of 3 runs" in words
    assert "it was late" in words
    assert [row["failure"] for row in rows(tmp_path / "report" / "metrics.csv")] == [
        "",
        "it was late",
        "",
    ]
