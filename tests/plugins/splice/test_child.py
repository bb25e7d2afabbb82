"""The text of a child: expressions in place, header kept, dead names and parameters gone."""

from __future__ import annotations

import pytest

from plugins.splice.child import child
from plugins.splice.edit import Edit
from plugins.splice.idea import LONGEST, continued
from plugins.splice.parsed import parse
from plugins.splice.slots import slots
from tests.plugins.splice.samples import BANDS, BREAKOUT, PULLBACK, ROTATION


def test_an_edit_without_changes_keeps_header_functions_and_comments() -> None:
    text = child(parse(BREAKOUT), Edit("as it was", same_memory=True))

    assert text == BREAKOUT.replace("session.", "session; as it was.", 1)


def test_only_the_marked_node_is_swapped_not_its_equals() -> None:
    source = PULLBACK.replace("rising & weak", "weak & rising & weak")
    genome = parse(source)
    first, *_ = [
        place.node for place in slots(genome, "condition") if genome.text(place.node) == "weak"
    ]

    text = child(genome, Edit("changed", swaps=((first, "~weak"),)))

    assert "np.where(~weak & rising & weak, 1.0, 0.0)" in text


def test_names_and_parameters_that_nothing_reads_are_dropped() -> None:
    genome = parse(PULLBACK)
    answer = genome.answer
    assert answer is not None

    text = child(genome, Edit("changed", swaps=((answer, "np.sign(bars.close)"),)))

    assert "PARAMS" not in text
    assert "rising" not in text.partition("def signal")[2]


def test_a_change_in_a_helper_function_reads_its_own_keys_and_leaves_the_others() -> None:
    source = BREAKOUT.replace("volume_is_high(bars)", "volume_is_high(bars, p)")
    source = source.replace("bars.volume, 20", 'bars.volume, p["days"]').replace(
        "[15, 30, 60])", '[15, 30, 60]), "days": 20'
    )
    genome = parse(source)
    read = [place.node for place in genome.places if genome.text(place.node) == 'p["days"]']

    for days in ("30", 'p["days"]', "40"):
        text = child(genome, Edit("changed", swaps=((read[0], days),)))

        assert f"ta.sma(bars.volume, {days})" in text
        assert ('"days": 20' in text) == (days == 'p["days"]')
        assert text.partition("def signal")[2] == source.partition("def signal")[2]


def test_the_warmup_stays_only_where_no_memory_changed() -> None:
    assert "WARMUP = 320" in child(parse(PULLBACK), Edit("changed", same_memory=True))
    assert "WARMUP" not in child(parse(PULLBACK), Edit("changed"))


def test_a_warmup_that_only_the_header_can_say_grows_by_the_longest_window() -> None:
    assert "WARMUP = 800" in child(parse(BANDS), Edit("changed"), warmup=400)


def test_the_old_answer_gets_a_free_name() -> None:
    text = child(parse(ROTATION), Edit("turned", answer="-{answer}"))

    assert "    position = np.where(best" in text
    assert "    return -position\n" in text

    again = child(parse(text), Edit("halved", answer="0.5 * {answer}"))
    assert "    position_2 = -position\n    return 0.5 * position_2\n" in again


def test_many_parameters_stand_on_lines_of_their_own() -> None:
    wide = {f"a_parameter_with_a_long_name_{number}": str(number) for number in range(4)}
    reads = " + ".join(f'p["{key}"]' for key in wide)
    answer = parse(PULLBACK).answer
    assert answer is not None

    edit = Edit("changed", swaps=((answer, f"np.sign(bars.close + {reads})"),), params=wide)
    text = child(parse(PULLBACK), edit)

    assert max(len(line) for line in text.partition("def ")[0].split("\n")) <= 100
    assert list(parse(text).params) == list(wide)


@pytest.mark.parametrize(
    ("before", "clause", "after"),
    [
        ("Buy weakness.", "only on Mondays", "Buy weakness; only on Mondays."),
        ("Buy weakness", "only on Mondays", "Buy weakness; only on Mondays."),
        ("Buy a. Sell b.", "late", "Buy a; late."),
        ("Buy 0.5 of it.\n\nMore words.", "late", "Buy 0.5 of it; late."),
        ("Buy; with rsi at 3.", "with rsi at 5", "Buy; with rsi at 5."),
        ("Buy; a; b; c.", "d", "Buy; after earlier changes; b; c; d."),
        ("Buy; after earlier changes; b; c; d.", "e", "Buy; after earlier changes; c; d; e."),
        ('Say "buy".', "late", "Say 'buy'; late."),
        ("", "late", "An idea without words; late."),
    ],
)
def test_the_idea_is_continued_by_what_changed(before: str, clause: str, after: str) -> None:
    assert continued(before, clause) == after


def test_the_idea_stays_short_however_many_changes_there_were() -> None:
    idea = "Buy " + "very " * 60 + "much."

    for number in range(40):
        idea = continued(idea, f"change {number} of a rather long sort that goes on and on")

    assert len(idea) <= LONGEST
    assert "change 39" in idea
