from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.briefing import wording


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.1234, "+12.3 %"), (-0.0861, "−8.6 %"), (0.0, "0.0 %"), (-0.0001, "0.0 %"), (None, "–")],
)
def test_a_fraction_reads_as_per_cent(fraction: float | None, text: str) -> None:
    assert wording.percent(fraction).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [(1234.4, "$1,234"), (-56.7, "−$57"), (3.456, "$3.46"), (0.0, "$0"), (None, "–")],
)
def test_an_amount_reads_as_dollars(amount: float | None, text: str) -> None:
    assert wording.dollars(amount) == text


def test_a_ratio_never_shows_minus_zero() -> None:
    assert wording.ratio(-0.001) == "0.00"
    assert wording.ratio(-1.418) == "−1.42"


def test_parameters_keep_whole_numbers_whole() -> None:
    assert [wording.number(v) for v in (10.0, 0.25, 12345, -3)] == ["10", "0.25", "12,345", "−3"]


def test_names_are_listed_as_in_a_sentence() -> None:
    assert wording.listed([]) == ""
    assert wording.listed(["a"]) == "a"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"


def test_a_date_reads_as_day_month_year() -> None:
    day = date(2015, 3, 2)

    assert wording.day_text(day).replace("\u00a0", " ") == "2 March 2015"
    assert wording.calendar_day(16_496) == day


@settings(deadline=None, max_examples=200)
@given(st.text())
def test_text_of_strangers_becomes_one_printable_line(text: str) -> None:
    line = wording.plain(text, 40)

    assert line.isprintable()
    assert len(line) <= 40


def test_colours_and_reversed_text_of_strangers_are_blanked() -> None:
    assert wording.plain("\x1b[31mred\x1b[0m \u202egnp") == "[31mred [0m gnp"
    assert wording.printable("a\x1b[2J\n\tb") == "a [2J\n    b"
