"""The source of flat files on folders made by hand."""

from __future__ import annotations

import gzip
import os
from datetime import date
from pathlib import Path

import pytest

from daemon.domain.market.bars import FIELDS
from daemon.errors import BadDataError, MissingError, UsageError
from daemon.plugin.roles import Batch, Request
from plugins.files.source import FilesSource
from tests.lake.flatfiles import (
    MINUTE,
    daily,
    line,
    minutes,
    opening,
    write_day,
    write_reference,
)

FRIDAY, MONDAY = date(2024, 1, 5), date(2024, 1, 8)
OPEN = opening(FRIDAY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sessions of minutes and one of daily rows."""
    write_day(tmp_path, "minute", MONDAY, minutes("A", MONDAY, [12]))
    write_day(
        tmp_path, "minute", FRIDAY, [*minutes("A", FRIDAY, [10, 11]), *minutes("B", FRIDAY, [20])]
    )
    write_day(tmp_path, "day", FRIDAY, [daily("A", FRIDAY, 11)])
    return tmp_path


def read(request: Request) -> tuple[list[Batch], list[str]]:
    """All batches of a request, and the sentences of what was refused."""
    source = FilesSource()
    batches: list[Batch] = []
    refused: list[str] = []
    for part in source.parts(request):
        try:
            for batch in source.rows(part, request):
                batches.append(batch)  # noqa: PERF402 - what came before the error counts
        except BadDataError as error:
            refused += error.sentences
    return batches, refused


def first_row(batch: Batch) -> list[float]:
    """Open, high, low, close and volume of the first bar."""
    return [batch.columns[name][0] for name in FIELDS]


def one_file(
    tmp_path: Path, lines: list[str], symbols: tuple[str, ...] = (), header: str = ""
) -> tuple[list[Batch], list[str]]:
    """What comes of a single minute file."""
    write_day(tmp_path, "minute", FRIDAY, lines, **({"header": header} if header else {}))
    return read(Request("minute", symbols, folder=tmp_path))


@pytest.mark.parametrize(
    "below",
    ["", "flatfiles", "flatfiles/us_stocks_sip", "flatfiles/us_stocks_sip/minute_aggs_v1"],
)
def test_the_folder_may_be_named_at_any_depth(folder: Path, below: str) -> None:
    parts = FilesSource().parts(Request("minute", folder=folder / below))

    assert [part.day for part in parts] == [FRIDAY, MONDAY]
    assert parts[0].key == "us_stocks_sip/minute_aggs_v1/2024/01/2024-01-05.csv.gz"


def test_parts_follow_the_dates_and_the_kind(folder: Path) -> None:
    source = FilesSource()

    assert len(source.parts(Request("minute", (), MONDAY, None, folder))) == 1
    assert len(source.parts(Request("minute", (), None, FRIDAY, folder))) == 1
    assert len(source.parts(Request("day", folder=folder))) == 1


def test_a_stamp_changes_with_the_file(folder: Path) -> None:
    source, request = FilesSource(), Request("day", folder=folder)
    before = source.parts(request)[0].stamp
    path = write_day(folder, "day", FRIDAY, [daily("A", FRIDAY, 12)])
    os.utime(path, ns=(1, 1))

    assert source.parts(request)[0].stamp != before


def test_files_that_are_no_day_files_are_not_parts(folder: Path) -> None:
    place = folder / "flatfiles/us_stocks_sip/minute_aggs_v1"
    for name in ("notes.txt", "2024-02-31.csv.gz", "2024-01-05.csv.gz.part", "x-2024-01-05.csv.gz"):
        (place / name).write_bytes(b"")

    assert len(FilesSource().parts(Request("minute", folder=folder))) == 2


@pytest.mark.parametrize("name", ["none", "."])
def test_a_folder_without_flat_files_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(MissingError, match="--path"):
        FilesSource().parts(Request("minute", folder=tmp_path / name))


def test_a_request_without_a_folder_is_refused() -> None:
    with pytest.raises(UsageError, match="--path FOLDER"):
        FilesSource().parts(Request("minute"))


def test_a_kind_without_a_folder_is_missing(tmp_path: Path) -> None:
    write_day(tmp_path, "day", FRIDAY, [daily("A", FRIDAY, 11)])

    with pytest.raises(MissingError, match="no minute bars"):
        FilesSource().parts(Request("minute", folder=tmp_path))


def test_rows_come_by_symbol_with_all_their_columns(folder: Path) -> None:
    batches, refused = read(Request("minute", (), None, FRIDAY, folder))

    assert refused == []
    assert [batch.symbol for batch in batches] == ["A", "B"]
    a = batches[0]
    assert a.columns["open_time"].tolist() == [OPEN, OPEN + MINUTE]
    assert first_row(a)[:4] == [9.0, 11.0, 8.0, 10.0]
    assert a.columns["volume"].tolist() == [100.0, 100.0]
    assert a.columns["transactions"].tolist() == [7, 7]
    assert a.origin == "files us_stocks_sip/minute_aggs_v1"


def test_only_the_wanted_symbols_come(folder: Path) -> None:
    batches, _ = read(Request("minute", ("B", "ZZZ"), folder=folder))

    assert [batch.symbol for batch in batches] == ["B"]


def test_columns_are_found_by_name_in_any_order_and_case(tmp_path: Path) -> None:
    header = "Window_Start,CLOSE,extra,High,low,Open,TICKER,Volume"
    batches, refused = one_file(tmp_path, [f"{OPEN},3,x,4,1,2,A,5.25"], header=header)

    assert refused == []
    (a,) = batches
    assert first_row(a) == [2, 4, 1, 3, 5.25]
    assert a.columns["transactions"].tolist() == [0]


def test_fractional_volumes_and_six_decimals_are_read(tmp_path: Path) -> None:
    lines = [f"A,2036584.149027,114.790000,114.79,114.8,114.7,{OPEN},12"]
    (a,), _ = one_file(tmp_path, lines)

    assert a.columns["volume"][0] == 2036584.149027
    assert a.columns["open"][0] == 114.79


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_line_ends_of_either_world_and_a_missing_last_one_are_read(
    tmp_path: Path, ending: str
) -> None:
    path = write_day(tmp_path, "minute", FRIDAY, [])
    text = ending.join([gzip.decompress(path.read_bytes()).decode().strip(), line("A", OPEN, 10)])
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + text.encode()))

    batches, refused = read(Request("minute", ("A",), folder=tmp_path))

    assert refused == []
    assert batches[0].columns["close"].tolist() == [10.0]


def test_tickers_named_like_nothing_are_symbols(tmp_path: Path) -> None:
    lines = [line(name, OPEN, 10) for name in ("NA", "NAN", "NULL", "TRUE")]
    batches, refused = one_file(tmp_path, lines)

    assert refused == []
    assert [batch.symbol for batch in batches] == ["NA", "NAN", "NULL", "TRUE"]


def test_tickers_in_runs_out_of_order_are_put_together(tmp_path: Path) -> None:
    lines = [line("B", OPEN, 10), line("A", OPEN, 20), line("B", OPEN + MINUTE, 11)]
    batches, refused = one_file(tmp_path, lines, ("B",))

    assert refused == []
    assert batches[0].columns["close"].tolist() == [10.0, 11.0]


def test_a_file_with_a_header_only_has_no_rows(tmp_path: Path) -> None:
    assert one_file(tmp_path, []) == ([], [])


GOOD = [*minutes("A", FRIDAY, [10, 11]), *minutes("C", FRIDAY, [30])]
T0, T1 = OPEN, OPEN + MINUTE
BROKEN_ROWS = {
    "too few fields": ([f"B,100,9,10,11,8,{T0}"], "line 4: expected 8 fields, found 7"),
    "too many fields": (
        [f"B,100,9,10,11,8,{T0},7,9"],
        "line 4: expected 8 fields, found 9",
    ),
    "a word": ([f"B,100,9,ten,11,8,{T0},7"], "column close: expected a number, found 'ten'"),
    "an empty price": ([f"B,100,9,,11,8,{T0},7"], "column close: expected a number, found ''"),
    "zero": ([f"B,100,9,0,11,8,{T0},7"], "column close: expected a number above 0, found 0"),
    "negative": ([f"B,100,-9,10,11,8,{T0},7"], "column open: expected a number above 0, found -9"),
    "not a number": ([f"B,100,9,nan,11,8,{T0},7"], "column close: expected a number, found 'nan'"),
    "infinite": ([f"B,100,9,10,inf,8,{T0},7"], "column high: expected a number above 0, found inf"),
    "high below low": (
        [f"B,100,9,10,7,8,{T0},7"],
        "column high: expected at least the low of 8, found 7",
    ),
    "negative volume": (
        [f"B,-1,9,10,11,8,{T0},7"],
        "column volume: expected a number of at least 0, found -1",
    ),
    "a date": (
        ["B,100,9,10,11,8,2024-01-05,7"],
        "column window_start: expected nanoseconds since 1970 as a whole number",
    ),
    "half a minute": (
        [f"B,100,9,10,11,8,{T0 + 1},7"],
        "column window_start: expected a whole minute",
    ),
    "out of order": (
        [line("B", T1, 10), line("B", T0, 10)],
        f"line 5, column window_start: expected a time after {T1}, found {T0}",
    ),
    "doubled": (
        [line("B", T0, 10), line("B", T0, 10)],
        f"line 5, column window_start: expected a time after {T0}, found {T0}",
    ),
}


@pytest.mark.parametrize("symbols", [(), ("A", "B", "C")])
@pytest.mark.parametrize("name", BROKEN_ROWS)
def test_a_broken_row_costs_its_symbol_that_day_and_says_where(
    tmp_path: Path, name: str, symbols: tuple[str, ...]
) -> None:
    rows, sentence = BROKEN_ROWS[name]
    batches, refused = one_file(tmp_path, [*GOOD[:2], *rows, GOOD[2]], symbols)

    assert [batch.symbol for batch in batches] == ["A", "C"]
    assert batches[0].columns["close"].tolist() == [10.0, 11.0]
    (told,) = refused
    assert sentence in told
    assert "2024-01-05.csv.gz: line " in told
    assert "for B; its rows of this file were left out" in told
    assert "\n" not in told


def test_a_broken_row_of_a_symbol_nobody_asked_for_is_no_matter(tmp_path: Path) -> None:
    batches, refused = one_file(tmp_path, [*GOOD[:2], "B,rubbish", GOOD[2]], ("A", "C"))

    assert [batch.symbol for batch in batches] == ["A", "C"]
    assert refused == []


def test_a_row_without_a_ticker_is_told(tmp_path: Path) -> None:
    batches, refused = one_file(tmp_path, [*GOOD, line("", OPEN, 10)])

    assert [batch.symbol for batch in batches] == ["A", "C"]
    assert "column ticker: expected a ticker, found ''" in refused[0]


def test_a_file_full_of_rubbish_is_told_shortly(tmp_path: Path) -> None:
    lines = [f"S{k:03d},rubbish" for k in range(100)]
    batches, refused = one_file(tmp_path, lines)

    assert batches == []
    assert len(refused) == 21
    assert "80 more symbols are broken like that" in refused[-1]


@pytest.mark.parametrize("symbols", [(), ("A",)])
@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_a_truncated_gzip_gives_nothing_but_one_sentence(
    tmp_path: Path, kept: float, symbols: tuple[str, ...]
) -> None:
    path = write_day(tmp_path, "minute", FRIDAY, minutes("A", FRIDAY, range(10, 300)))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])

    batches, refused = read(Request("minute", symbols, folder=tmp_path))

    assert batches == []
    (told,) = refused
    assert "expected a whole gzip file" in told
    assert "fetch the file again" in told


@pytest.mark.parametrize("content", [b"plain text, no gzip", b"\x1f\x8b\x08\x00rubbish rubbish"])
def test_what_is_no_gzip_at_all_is_told(tmp_path: Path, content: bytes) -> None:
    write_day(tmp_path, "minute", FRIDAY, []).write_bytes(content)

    batches, refused = read(Request("minute", folder=tmp_path))

    assert batches == []
    assert "expected a whole gzip file" in refused[0]


@pytest.mark.parametrize("symbols", [(), ("A",)])
def test_a_file_that_is_gone_is_told(tmp_path: Path, symbols: tuple[str, ...]) -> None:
    path = write_day(tmp_path, "minute", FRIDAY, [])
    source, request = FilesSource(), Request("minute", symbols, folder=tmp_path)
    (part,) = source.parts(request)
    path.unlink()

    with pytest.raises(BadDataError, match="expected a file that can be read"):
        list(source.rows(part, request))


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("ticker,volume,open,high,low,window_start,transactions", "(without close)"),
        ("ticker,volume,open,close,close,high,low,window_start", "(twice close)"),
        ("", "found 'nothing'"),
    ],
)
def test_a_missing_or_doubled_column_refuses_the_file(
    tmp_path: Path, header: str, told: str
) -> None:
    path = write_day(tmp_path, "minute", FRIDAY, [], header=header)
    if not header:
        path.write_bytes(gzip.compress(b""))

    batches, refused = read(Request("minute", folder=tmp_path))

    assert batches == []
    assert "line 1: expected the columns ticker, window_start" in refused[0]
    assert told in refused[0]


def test_bytes_that_are_no_text_cost_their_symbol(tmp_path: Path) -> None:
    path = write_day(tmp_path, "minute", FRIDAY, GOOD)
    text = gzip.decompress(path.read_bytes()) + b"Z,1,\xff\xfe,2,3,1,5,7\n"
    path.write_bytes(gzip.compress(text))

    batches, refused = read(Request("minute", folder=tmp_path))

    assert [batch.symbol for batch in batches] == ["A", "C"]
    assert len(refused) == 1


def test_splits_are_exact_ratios(tmp_path: Path) -> None:
    write_day(tmp_path, "day", FRIDAY, [])
    write_reference(
        tmp_path,
        "splits",
        [
            "ticker,execution_date,split_from,split_to,kind",
            "A,2024-01-05,1,7,split",
            "B,2024-01-08,1,1.5,split",
            "B,2024-02-08,20,1,split",
        ],
    )
    source = FilesSource()

    rows = source.actions(Request("splits", folder=tmp_path))
    some = source.actions(Request("splits", ("B",), None, date(2024, 1, 31), tmp_path))

    assert [(row.symbol, row.new, row.old) for row in rows] == [
        ("A", 7.0, 1.0),
        ("B", 3.0, 2.0),
        ("B", 1.0, 20.0),
    ]
    assert [row.ex_date for row in some] == [MONDAY]


def test_dividends_are_cash_on_their_ex_date(tmp_path: Path) -> None:
    write_day(tmp_path, "day", FRIDAY, [])
    lines = ["Ticker,cash_amount,ex_dividend_date", "A,0.25,2024-01-08"]
    write_reference(tmp_path, "dividends", lines)

    (row,) = FilesSource().actions(Request("dividends", folder=tmp_path))

    assert (row.symbol, row.ex_date, row.cash, row.new, row.old) == ("A", MONDAY, 0.25, 1.0, 1.0)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("A,2024-13-05,1,7", "line 2, column execution_date: expected a date"),
        ("A,2024-01-05,0,7", "line 2, column split_from: expected a number above 0, found '0'"),
        ("A,2024-01-05,1,x", "line 2, column split_to: expected a number above 0, found 'x'"),
        ("A,2024-01-05", "line 2, column ticker: expected 4 fields, found 2 fields"),
    ],
)
def test_a_broken_line_of_the_splits_is_told(tmp_path: Path, row: str, told: str) -> None:
    write_day(tmp_path, "day", FRIDAY, [])
    write_reference(tmp_path, "splits", ["ticker,execution_date,split_from,split_to", row])

    with pytest.raises(BadDataError) as refused:
        FilesSource().actions(Request("splits", folder=tmp_path))

    assert told in str(refused.value)


def test_actions_without_a_table_are_missing(tmp_path: Path) -> None:
    write_day(tmp_path, "day", FRIDAY, [])

    with pytest.raises(MissingError, match=r"reference/splits\.csv\.gz"):
        FilesSource().actions(Request("splits", folder=tmp_path))
