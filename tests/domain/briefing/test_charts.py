from datetime import date, timedelta
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.briefing.charts import (
    Line,
    Mark,
    area_chart,
    bar_chart,
    distribution,
    line_chart,
)

SVG = "{http://www.w3.org/2000/svg}"
DAYS = [date(2015, 1, 2) + timedelta(days=k) for k in range(300)]
GROWTH = np.cumprod(1 + np.random.default_rng(1).normal(0.001, 0.01, 300)).tolist()

FALLS = [min(0.0, value - 1.2) for value in GROWTH]


def pictures() -> dict[str, str]:
    lines = [Line("market", GROWTH[::-1], "muted"), Line("strategy", GROWTH)]
    return {
        "line": line_chart("growth & more", DAYS, lines),
        "area": area_chart("drawdown", DAYS, Line("x", FALLS), Line("y", FALLS[::-1], "muted")),
        "bars": bar_chart("blocks", ["a", "b", "c"], [1.0, None, -0.5]),
        "distribution": distribution("Sharpe", [0.1, 0.5, -2.0, 1.0], [Mark(1.0, "best")]),
    }


@pytest.mark.parametrize("name", ["line", "area", "bars", "distribution"])
def test_a_picture_is_well_formed_and_names_itself(name: str) -> None:
    root = ElementTree.fromstring(pictures()[name])

    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text


@pytest.mark.parametrize("name", ["line", "area", "bars", "distribution"])
def test_a_picture_carries_no_script_style_sheet_or_address(name: str) -> None:
    picture = pictures()[name].replace('xmlns="http://www.w3.org/2000/svg"', "")

    assert "http" not in picture
    assert "<script" not in picture
    assert "<style" not in picture


def test_text_of_strangers_is_escaped() -> None:
    picture = bar_chart("<script>", ["<b>"], [1.0])

    assert "<script>" not in picture
    assert "<b>" not in picture


def test_every_shape_stays_inside_the_frame() -> None:
    root = ElementTree.fromstring(pictures()["line"])
    height = float(root.get("height", "0"))

    for path in root.iter(f"{SVG}path"):
        numbers = path.get("d", "").replace("M", " ").replace("L", " ").replace("H", " ").split()
        assert all(0 <= float(n) <= 1000 for n in numbers)
        assert all(0 <= float(n) <= height for n in numbers[1::2])


def test_a_higher_equity_is_drawn_higher() -> None:
    root = ElementTree.fromstring(line_chart("g", DAYS[:2], [Line("x", [1.0, 2.0])]))
    line = next(p for p in root.iter(f"{SVG}path") if p.get("class") == "accent")

    (_, first), (_, second) = (p.split() for p in line.get("d", "")[1:].split("L"))

    assert float(second) < float(first)


def test_equal_growth_is_drawn_equally_steep_where_growth_is_large() -> None:
    root = ElementTree.fromstring(line_chart("g", DAYS[:3], [Line("x", [1.0, 4.0, 16.0])]))
    line = next(p for p in root.iter(f"{SVG}path") if p.get("class") == "accent")

    heights = [float(p.split()[1]) for p in line.get("d", "")[1:].split("L")]

    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.15)


def test_large_growth_is_told_in_multiples_and_small_growth_in_per_cent() -> None:
    def words(last: float) -> list[str | None]:
        root = ElementTree.fromstring(line_chart("g", DAYS[:2], [Line("x", [1.0, last])]))
        return [t.text for t in root.iter(f"{SVG}text")]

    assert {"1\u00a0×", "30\u00a0×", "300\u00a0×"} <= set(words(330.0))
    assert {"0\u00a0%", "+20\u00a0%"} <= set(words(1.3))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(-3, 3), min_size=2, max_size=30), st.lists(st.floats(-2, 4), min_size=4))
def test_labels_of_a_distribution_have_room_and_no_line_runs_through_them(
    values: list[float], marked: list[float]
) -> None:
    marks = [Mark(value, f"a label of {k:02d} letters", f"m{k}") for k, value in enumerate(marked)]
    root = ElementTree.fromstring(distribution("Sharpe", values, marks))
    labels = [t for t in root.iter(f"{SVG}text") if t.get("class")]

    places = [float(t.get("x", "").rstrip("%")) for t in labels]

    assert [t.get("text-anchor") for t in labels] == ["end"] * len(marks)
    assert places == sorted(places, reverse=True)
    assert min(places) / 100 * 240 >= 6.5 * len("a label of 00 letters")


def test_of_many_bars_only_some_have_a_label() -> None:
    root = ElementTree.fromstring(bar_chart("b", [f"m{k}" for k in range(14)], [1.0] * 14))

    words = [t.text for t in root.iter(f"{SVG}text")]

    assert [w for w in words if w and w.startswith("m")] == ["m0", "m3", "m6", "m9", "m12"]


def test_a_block_without_fitness_leaves_a_gap_with_a_dash() -> None:
    root = ElementTree.fromstring(pictures()["bars"])

    boxes = [r.get("class") for r in root.iter(f"{SVG}rect")]
    words = [t.text for t in root.iter(f"{SVG}text")]

    assert boxes == ["good", "bad"]
    assert "–" in words


def test_constant_series_can_be_drawn() -> None:
    flat = [1.0] * len(DAYS)

    assert line_chart("flat", DAYS, [Line("x", flat)])
    assert area_chart("flat", DAYS, Line("x", [0.0] * len(DAYS)), Line("y", [0.0] * len(DAYS)))
    assert distribution("flat", [0.0, 0.0], [])
    assert line_chart("one day", DAYS[:1], [Line("x", [1.0])])
