"""The tables of option chains and open interest beside the flat files."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from daemon.domain.market.kinds import KINDS
from daemon.errors import BadDataError, MissingError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin.roles import Batch, Request
from plugins.files.source import FilesSource
from tests.lake.flatfiles import write_reference

HEADER = "date,ticker,close,volume,open_interest,implied_volatility,delta,gamma,vega,theta,rho"
CHAIN = (
    HEADER,
    "2014-06-06,O:TWX140621C00045000,1.5,10,,0.3,0.5,0.01,0.2,-0.1,0",
    "2014-06-05,O:TWX140621P00045000,2.5,11,7,,,,,,",
    "2014-06-05,O:TWX140621C00045000,3.5,12,9,0.3,0.5,0.01,0.2,-0.1,0",
    "2014-06-06,O:SPY140621C00195000,4.5,13,1,0.1,0.5,0.01,0.2,-0.1,0",
)
OPEN_INTEREST = ("date,ticker,open_interest", "2014-06-05,O:TWX140621C00045000,5", "2014-06-05,")


def read(folder: Path, kind: str, *symbols: str) -> tuple[list[Batch], str]:
    """All batches of a kind, and what was refused."""
    request, source, batches = Request(kind, symbols, folder=folder), FilesSource(), list[Batch]()
    try:
        for part in source.parts(request):
            batches.extend(source.rows(part, request))
    except BadDataError as error:
        return batches, str(error)
    return batches, ""


def test_a_chain_is_sorted_stamped_and_says_what_it_does_not_know(tmp_path: Path) -> None:
    write_reference(tmp_path, "options_chain_daily", CHAIN)

    (spy, twx), refused = read(tmp_path, "option_chains")

    assert ([spy.symbol, twx.symbol], refused) == (["SPY", "TWX"], "")
    assert tuple((n, c.dtype.str) for n, c in twx.columns.items()) == KINDS["option_chains"].columns
    close = np.datetime64("2014-06-05T20:15", "ns").astype(np.int64)
    assert (twx.columns["taken_at"] - close).tolist() == [0, 0, 24 * 3600 * 10**9]
    assert twx.columns["right"].tolist() == [-1, 1, 1]
    assert twx.columns["last_price"].tolist() == [2.5, 3.5, 1.5]
    assert np.isnan(twx.columns["implied_volatility"]).tolist() == [True, False, False]
    assert np.isnan(twx.columns["open_interest"]).tolist() == [False, False, True]
    assert np.isnan(twx.columns["underlying_price"]).all()
    assert twx.columns["bid_price"].tolist() == [0, 0, 0]
    assert twx.origin == "files reference/options_chain_daily.csv.gz"


def test_a_broken_line_costs_its_root(tmp_path: Path) -> None:
    write_reference(tmp_path, "options_chain_daily", [*CHAIN, CHAIN[-1].replace("4.5", "much")])
    write_reference(tmp_path, "options_open_interest", [*OPEN_INTEREST[:2], "2014-06-05,O:SPY,5"])

    chains, refused = read(tmp_path, "option_chains")
    (interest,), strange = read(tmp_path, "option_open_interest")

    assert [one.symbol for one in chains] == ["TWX"]
    assert "line 6, column close: expected a number or nothing, found 'much'" in refused
    assert interest.columns["open_interest"].tolist() == [5]
    assert "line 3, column ticker: expected a contract as O:SPY" in strange


@pytest.mark.parametrize("wrong", ["-1", "inf"])
def test_a_value_that_cannot_be_costs_its_root_too(tmp_path: Path, wrong: str) -> None:
    write_reference(tmp_path, "options_open_interest", [*OPEN_INTEREST[:1], CHAIN_LINE + wrong])

    assert read(tmp_path, "option_open_interest")[0] == []


CHAIN_LINE = "2014-06-05,O:TWX140621C00045000,"


def test_a_line_without_open_interest_says_nothing(tmp_path: Path) -> None:
    write_reference(tmp_path, "options_open_interest", [*OPEN_INTEREST[:1], CHAIN_LINE])

    assert read(tmp_path, "option_open_interest") == ([], "")


def test_a_table_that_is_cut_or_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="options_chain_daily"):
        read(tmp_path, "option_chains")
    write_reference(tmp_path, "options_open_interest", OPEN_INTEREST)

    batches, refused = read(tmp_path, "option_open_interest")

    assert batches == []
    assert "line 3, column date: expected 3 fields, found 2 fields" in refused


def test_other_dates_are_another_part_and_nothing_is_skipped_for_them(tmp_path: Path) -> None:
    write_reference(tmp_path, "options_chain_daily", CHAIN)
    lake, source = Lake(tmp_path / "lake"), FilesSource()
    first = Request("option_chains", ("TWX",), end=date(2014, 6, 5), folder=tmp_path)

    early = ingest(lake, source, first)
    again = ingest(lake, source, first)
    every = ingest(lake, source, Request("option_chains", ("TWX",), folder=tmp_path))

    assert (early.rows, again.skipped, every.rows) == (2, 1, 1)
    assert lake.sql("select count(*) from option_chains").rows == ((3,),)


def test_real_tables_come_whole(market_folder: Path, tmp_path: Path) -> None:
    lake, source = Lake(tmp_path / "lake"), FilesSource()
    for kind, name in (
        ("option_chains", "options_chain_daily"),
        ("option_open_interest", "options_open_interest"),
    ):
        path = market_folder / "reference" / f"{name}.csv.gz"
        lines = csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode()))
        expected = sum(line["ticker"].startswith("O:TWX1") for line in lines)

        report = ingest(lake, source, Request(kind, ("TWX",), folder=market_folder))

        assert (report.rows, report.failed) == (expected, ())
        assert expected > 300
    assert lake.verify() == ()
