"""Day files of every kind as batches: whole, and piece by piece."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemon.domain.market.codes import packed, unpacked
from daemon.domain.market.kinds import KINDS, Rank
from daemon.errors import BadDataError
from daemon.plugin.flatfiles import cut, rows, stream
from daemon.plugin.flatfiles.probe import kind_of
from daemon.plugin.flatfiles.rows import rows_of
from daemon.plugin.roles import Batch

NOON = 1_381_161_600_000_000_000
TRADES = (
    "ticker,conditions,correction,exchange,id,participant_timestamp,price,sequence_number,"
    "sip_timestamp,size,tape,trf_id,trf_timestamp"
)
QUOTES = (
    "ticker,ask_exchange,ask_price,ask_size,bid_exchange,bid_price,bid_size,conditions,indicators,"
    "participant_timestamp,sequence_number,sip_timestamp,tape,trf_timestamp"
)
OPTION_TRADES = "ticker,conditions,correction,exchange,price,sip_timestamp,size"
OPTION_QUOTES = (
    "ticker,ask_exchange,ask_price,ask_size,bid_exchange,bid_price,bid_size,"
    "sequence_number,sip_timestamp"
)
BARS = "ticker,volume,open,close,high,low,window_start,transactions"
CALL, PUT, OTHER = "O:SPY150117C00200000", "O:SPY150117P00199500", "O:SPY1150117C00200000"


def written(folder: Path, header: str, lines: list[str]) -> Path:
    """A day file."""
    path = folder / "2013-10-07.csv.gz"
    path.write_bytes(gzip.compress("".join(f"{one}\n" for one in (header, *lines)).encode(), 1))
    return path


def trade(ticker: str, number: int, price: float = 10.0, conditions: str = "") -> str:
    """A trade so many nanoseconds after noon."""
    return (
        f'{ticker},"{conditions}",,11,{number},{NOON + number - 5},{price},{number},'
        f"{NOON + number},4.500000,1,,"
    )


def read(path: Path, kind: str, *symbols: str) -> dict[str, Batch]:
    """The batches by symbol."""
    return {batch.symbol: batch for batch in rows_of(path, kind, symbols, "here")}


def refused(path: Path, kind: str) -> tuple[list[str], tuple[str, ...]]:
    """The symbols that come of a file with something wrong in it, and what is told."""
    found: list[str] = []
    try:
        found.extend(batch.symbol for batch in rows_of(path, kind, (), "here"))
    except BadDataError as error:
        return found, error.sentences
    return found, ()


@pytest.fixture(params=["whole", "streamed"])
def road(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of reading a file of ticks, the second in small pieces."""
    if request.param == "streamed":
        monkeypatch.setattr(rows, "LARGE", 0)
        monkeypatch.setattr(cut, "BLOCK", 300)
        monkeypatch.setattr(stream, "PIECE", 200)
    return str(request.param)


def test_trades_keep_every_column_of_the_vendor(tmp_path: Path, road: str) -> None:
    line = f'A,"12,37",1,4,52983525029461,{NOON - 7},114.79,99,{NOON},0.25,3,201,{NOON - 3}'
    (batch,) = rows_of(written(tmp_path, TRADES, [line]), "trades", (), "here")

    row = {name: column[0] for name, column in batch.columns.items()}
    assert unpacked(int(row.pop("conditions"))) == (12, 37)
    assert row == {
        "sip_timestamp": NOON,
        "sequence_number": 99,
        "participant_timestamp": NOON - 7,
        "trf_timestamp": NOON - 3,
        "price": 114.79,
        "size": 0.25,
        "id": 52983525029461,
        "exchange": 4,
        "trf_id": 201,
        "correction": 1,
        "tape": 3,
    }
    assert (batch.symbol, batch.origin, batch.rank) == ("A", "here", Rank.DAY_FILE)
    assert [(n, c.dtype.str) for n, c in batch.columns.items()] == list(KINDS["trades"].columns)


def test_ids_that_are_no_numbers_become_negative_ones(tmp_path: Path, road: str) -> None:
    lines = [trade("A", 1).replace(",11,1,", ",11,x1,"), trade("A", 2).replace(",11,2,", ",11,y,")]

    ids = read(written(tmp_path, TRADES, lines), "trades")["A"].columns["id"]

    assert np.all(ids < 0)
    assert len(np.unique(ids)) == 2


def test_ticks_are_sorted_by_time_then_sequence(tmp_path: Path, road: str) -> None:
    lines = [trade("A", number) for number in (3, 1, 2)] + [trade("B", 7)]

    batches = read(written(tmp_path, TRADES, lines), "trades")

    assert batches["A"].columns["sequence_number"].tolist() == [1, 2, 3]
    assert sorted(batches) == ["A", "B"]


def test_quotes_have_both_sides_conditions_and_indicators(tmp_path: Path, road: str) -> None:
    line = f'A,11,49.2,3000,12,0,0,1,"604,302",{NOON},5,{NOON},1,0'

    columns = read(written(tmp_path, QUOTES, [line]), "quotes")["A"].columns

    assert (columns["bid_price"][0], columns["ask_price"][0], columns["ask_size"][0]) == (
        0,
        49.2,
        3000,
    )
    assert (columns["bid_exchange"][0], columns["ask_exchange"][0]) == (12, 11)
    assert unpacked(int(columns["indicators"][0])) == (604, 302)
    assert unpacked(int(columns["conditions"][0])) == (1,)


def test_options_lie_under_their_root_sorted_by_time_then_contract(
    tmp_path: Path, road: str
) -> None:
    lines = [
        f"{OTHER},0,0,300,1.5,{NOON},1",
        f"{CALL},227,0,301,2.5,{NOON + 1},2",
        f"{CALL},0,0,302,2.6,{NOON + 3},3",
        f"{PUT},0,0,303,0.5,{NOON + 1},4",
    ]

    batches = read(written(tmp_path, OPTION_TRADES, sorted(lines)), "option_trades")

    assert sorted(batches) == ["SPY", "SPY1"]
    columns = batches["SPY"].columns
    assert columns["price"].tolist() == [0.5, 2.5, 2.6]
    assert columns["strike"].tolist() == [199.5, 200.0, 200.0]
    assert columns["right"].tolist() == [-1, 1, 1]
    assert columns["expiration"].astype("datetime64[D]").astype(str).tolist() == ["2015-01-17"] * 3
    assert unpacked(int(columns["conditions"][1])) == (227,)


@pytest.mark.parametrize(
    ("symbols", "counts"),
    [
        (("SPY",), {"SPY": 3}),
        (("SPY1",), {"SPY1": 1}),
        ((PUT,), {"SPY": 1}),
        (("SPY", PUT), {"SPY": 3}),
        (("SPY", "SPY1"), {"SPY": 3, "SPY1": 1}),
        (("SP",), {}),
    ],
)
def test_options_are_asked_for_by_root_or_contract(
    tmp_path: Path, road: str, symbols: tuple[str, ...], counts: dict[str, int]
) -> None:
    names = sorted([CALL, CALL, PUT, OTHER])
    lines = [f"{name},1,2,3,4,5,6,{k},{NOON + k}" for k, name in enumerate(names)]

    batches = read(written(tmp_path, OPTION_QUOTES, lines), "option_quotes", *symbols)

    assert {symbol: len(one.columns["strike"]) for symbol, one in batches.items()} == counts
    for symbol, batch in batches.items():
        assert batch.rank == (Rank.DAY_FILE if symbol in symbols else Rank.ANSWER)


def test_option_bars_of_one_minute_stand_beside_each_other(tmp_path: Path) -> None:
    minute = NOON - NOON % 60_000_000_000
    lines = [f"{name},1,2,2,2,2,{minute + k}" for name in (CALL, PUT) for k in (0, 60_000_000_000)]
    path = written(tmp_path, BARS.removesuffix(",transactions"), lines)

    columns = read(path, "option_minute")["SPY"].columns

    assert (columns["open_time"] - minute).tolist() == [0, 0, 60_000_000_000, 60_000_000_000]
    assert columns["right"].tolist() == [-1, 1, -1, 1]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (trade("B", 2, -1.0), "line 3, column price: expected a number of at least 0, found -1"),
        (
            trade("B", 2).replace(f",{NOON + 2},", ",,"),
            "column sip_timestamp: expected nanoseconds",
        ),
        (trade("B", 2, 1.0, "1,x"), "line 3, column conditions: expected at most six codes"),
        (trade("B", 2, 1.0, "1,2000"), "line 3, column conditions: expected at most six codes"),
        (trade("B", 2).replace(",11,", ",99999,"), "column exchange: expected numbers up to 32767"),
        (trade("B", 2) + ",x", "line 3: expected 13 fields, found 14"),
    ],
)
def test_a_broken_tick_costs_its_symbol_that_day_and_says_where(
    tmp_path: Path, road: str, wrong: str, sentence: str
) -> None:
    path = written(tmp_path, TRADES, [trade("A", 1), wrong, trade("B", 3), trade("C", 4)])

    found, (sentence_found,) = refused(path, "trades")

    assert sentence in sentence_found
    assert "for B; its rows of this file were left out" in sentence_found
    assert sorted(found) == ["A", "C"]


def test_a_ticker_that_is_no_contract_is_told(tmp_path: Path, road: str) -> None:
    lines = [f"O:SPY,0,0,300,1.5,{NOON},1", f"{CALL},0,0,300,1.5,{NOON},1"]

    found, (sentence,) = refused(written(tmp_path, OPTION_TRADES, lines), "option_trades")

    assert "expected an option contract, found 'O:SPY'" in sentence
    assert found == ["SPY"]


tickers = st.lists(st.sampled_from(["A", "AA", "AAB", "B", "ZZ"]), max_size=60)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=tickers, wanted=st.sets(st.sampled_from(["A", "AA", "ZZ", "Q"])))
def test_piece_by_piece_gives_what_the_whole_gives(
    tmp_path: Path, names: list[str], wanted: set[str]
) -> None:
    path = written(tmp_path, TRADES, [trade(name, k) for k, name in enumerate(sorted(names))])

    with pytest.MonkeyPatch.context() as patch:
        whole = read(path, "trades", *wanted)
        patch.setattr(rows, "LARGE", 0)
        patch.setattr(cut, "BLOCK", 200)
        patch.setattr(stream, "PIECE", 300)
        pieces = read(path, "trades", *wanted)

    assert list(whole) == list(pieces)
    for symbol, batch in whole.items():
        for name, column in batch.columns.items():
            assert np.array_equal(column, pieces[symbol].columns[name])


def test_a_large_file_that_is_not_sorted_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "LARGE", 0)
    path = written(tmp_path, TRADES, [trade("B", 1), trade("A", 2)])

    with pytest.raises(BadDataError, match="expected rows sorted by ticker"):
        list(rows_of(path, "trades", (), "here"))


@pytest.mark.parametrize("codes", [[1, 2, 3, 4, 5, 6, 7], [1024], [-1]])
def test_codes_that_do_not_fit_are_refused(codes: list[int]) -> None:
    with pytest.raises(ValueError, match="expected at most 6 codes"):
        packed(codes)


@given(st.lists(st.integers(1, 1023), max_size=6))
def test_packed_codes_come_back(codes: list[int]) -> None:
    assert list(unpacked(packed(codes))) == codes
    assert packed(codes) >= 0


@pytest.mark.parametrize(
    ("header", "line", "kind"),
    [
        (TRADES, trade("A", 1), "trades"),
        (QUOTES, "A,1,2,3,4,5,6,1,,1,2,3,1,0", "quotes"),
        (OPTION_TRADES, f"{CALL},0,0,300,1.5,{NOON},1", "option_trades"),
        (OPTION_QUOTES, f"{CALL},1,2,3,4,5,6,1,{NOON}", "option_quotes"),
        (BARS, "A,1,2,2,2,2,1381161600000000000,1", "minute"),
        (BARS, "A,1,2,2,2,2,1381118400000000000,1", "day"),
        (BARS, f"{CALL},1,2,2,2,2,1381118400000000000,1", "option_day"),
    ],
)
def test_the_kind_of_a_file_shows_in_its_first_lines(
    tmp_path: Path, header: str, line: str, kind: str
) -> None:
    assert kind_of(written(tmp_path, header, [line])) == kind


def test_the_kind_of_a_file_shows_in_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "us_options_opra" / "day_aggs_v1" / "2013" / "10"
    folder.mkdir(parents=True)

    assert kind_of(written(folder, BARS, [])) == "option_day"


def test_a_file_of_something_else_has_no_kind(tmp_path: Path) -> None:
    with pytest.raises(BadDataError, match="expected the columns of trades, quotes or bars"):
        kind_of(written(tmp_path, "ticker,value", ["A,1"]))


def test_some_contracts_of_a_root_do_not_take_the_place_of_the_others(
    tmp_path: Path, road: str
) -> None:
    lines = [f"{CALL},0,0,300,1.5,{NOON},1", f"{PUT},0,0,300,x,{NOON},1"]
    batches = []

    with pytest.raises(BadDataError, match="column price"):
        batches.extend(rows_of(written(tmp_path, OPTION_TRADES, lines), "option_trades", (), "x"))

    assert [(one.symbol, one.rank) for one in batches] == [("SPY", Rank.ANSWER)]


def test_the_exact_size_is_taken_where_a_file_has_both(tmp_path: Path, road: str) -> None:
    lines = [trade("A", 1).replace("4.500000", "4") + ",4.25"]
    path = written(tmp_path, TRADES + ",decimal_size", lines)

    assert read(path, "trades")["A"].columns["size"].tolist() == [4.25]


def test_of_a_large_file_that_breaks_off_the_symbols_before_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "LARGE", 0)
    monkeypatch.setattr(cut, "BLOCK", 1000)
    monkeypatch.setattr(stream, "PIECE", 500)
    chance = np.random.default_rng(1)
    names = [name for name in ("A", "B", "C") for _ in range(2000)]
    lines = [
        trade(name, int(n))
        for name, n in zip(names, chance.integers(0, 1 << 30, 6000), strict=True)
    ]
    path = written(tmp_path, TRADES, lines)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.8)])

    found, (sentence,) = refused(path, "trades")

    assert found == ["A", "B"]
    assert "expected a whole gzip file" in sentence
