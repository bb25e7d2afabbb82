"""The byte-range cut against reading every line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemon.errors import BadDataError
from daemon.plugin.flatfiles import cut
from daemon.plugin.flatfiles.wanted import Wanted

HEADER = "ticker,volume,open,close,high,low,window_start,transactions\n"
tickers = st.lists(st.sampled_from(["A", "AA", "AAB", "B", "BA", "C", "ZZ"]), max_size=40)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "BLOCK", 64)
    monkeypatch.setattr(cut, "_SMALL", 0)


def wanted(*symbols: str) -> Wanted:
    """These symbols."""
    return Wanted(frozenset(symbols))


def kept_lines(path: Path, text: str, wanted: frozenset[str]) -> list[str]:
    """The lines of wanted tickers in what the cut gives."""
    path.write_bytes(gzip.compress(text.encode(), 1))
    header, *lines = cut.wanted_text(path, Wanted(wanted)).decode().splitlines()
    assert header == HEADER.strip()
    return [line for line in lines if line.split(",")[0] in wanted]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    tickers, st.frozensets(st.sampled_from(["A", "AA", "B", "ZZ", "Q"]), min_size=1), st.booleans()
)
def test_every_wanted_line_is_kept_whatever_the_order_of_the_file(
    tmp_path: Path, names: list[str], wanted: frozenset[str], in_order: bool
) -> None:
    lines = [f"{name},{k},1.5,1.5" for k, name in enumerate(sorted(names) if in_order else names)]

    kept = kept_lines(tmp_path / "day.csv.gz", HEADER + "".join(f"{x}\n" for x in lines), wanted)

    assert kept == [line for line in lines if line.split(",")[0] in wanted]


def test_a_sorted_file_is_passed_over_but_for_the_wanted_lines(tmp_path: Path) -> None:
    lines = [f"T{k:03d},1,2,3" for k in range(300)]
    path = tmp_path / "day.csv.gz"
    path.write_bytes(gzip.compress((HEADER + "\n".join(lines)).encode()))

    text = cut.wanted_text(path, wanted("T299", "T000", "T150"))

    assert text.decode() == HEADER + "T000,1,2,3\nT150,1,2,3\nT299,1,2,3\n"


@pytest.mark.parametrize("lines", [["B,1", "A,1"] * 40, ['"A",1'] * 40])
def test_an_unsorted_or_quoted_file_is_given_whole(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "day.csv.gz"
    text = HEADER + "\n".join(lines)
    path.write_bytes(gzip.compress(text.encode()))

    assert cut.wanted_text(path, wanted("A")) == text.encode()


def test_a_header_that_does_not_begin_with_the_ticker_gives_the_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "day.csv.gz"
    path.write_bytes(gzip.compress(b"volume,ticker\n1,A\n2,B\n"))

    assert cut.wanted_text(path, wanted("A")) == b"volume,ticker\n1,A\n2,B\n"


@pytest.mark.parametrize("kept", [0.2, 0.6, 0.99])
def test_a_file_that_breaks_off_in_the_middle_is_refused(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "day.csv.gz"
    content = gzip.compress((HEADER + "\n".join(f"A,{k * k}" for k in range(5000))).encode())
    path.write_bytes(content[: int(len(content) * kept)])

    with pytest.raises(BadDataError, match="expected a whole gzip file"):
        cut.wanted_text(path, wanted("A"))
