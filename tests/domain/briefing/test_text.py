import re
from dataclasses import replace

import pytest

from daemon.domain.briefing.compose import compose
from daemon.domain.briefing.document import (
    as_json,
)
from daemon.domain.briefing.text import LINES, as_text, ran_words, tally_groups
from tests.domain.briefing.night_records import briefing, night_records


@pytest.mark.parametrize(("accepted", "width"), [(9, 88), (0, 60), (9, 120)])
def test_the_terminal_text_fits_and_keeps_to_its_width(accepted: int, width: int) -> None:
    text = as_text(briefing(trials=90, accepted=accepted), width)

    assert len(text.splitlines()) <= LINES
    assert max(map(len, text.splitlines())) <= width
    assert "S I M U L A T E D" in text
    assert "\u00a0" not in text


@pytest.mark.parametrize("width", [60, 88, 120])
def test_a_crowded_night_is_shortened_between_paragraphs_and_never_inside_one(width: int) -> None:
    long = "an edge is planted that nobody should believe, and every price was made up; " * 8
    records = night_records(trials=90, accepted=9, simulation=long, warnings=["gap. " * 30] * 9)
    document = compose(records, 5)
    crowded = replace(document, decisions=("X is quarantined; look at its code, please. " * 3,) * 9)

    text = as_text(crowded, width)

    lines = text.splitlines()
    spoken = " ".join(text.split())
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= width
    opening = "Again, in a fresh state with the same daemon.toml and data:"
    assert spoken.endswith(f"{opening} {document.recipe.command}")
    assert " ".join(document.luck.verdict.split()) in spoken
    whole = [s.strip() for s in (*document.learnt, *crowded.decisions)]
    for sentence in {" ".join(s.split()) for s in whole}:
        opening = " ".join(sentence.split()[:6])
        assert sentence in spoken or opening not in spoken


def test_what_is_left_out_of_the_text_is_counted() -> None:
    document = briefing(trials=90, accepted=5)
    room = as_text(document, 120)
    tally = document.lessons[0]
    others = tuple(replace(tally, code=f"c{k}", name=f"reason {k}", count=9 - k) for k in range(9))

    text = as_text(replace(document, lessons=others), 120)

    assert "and 1 more" not in room
    assert "Refused before they cost anything: 45 children" in text
    shown = [int(found) for found in re.findall(r"· (\d+) × reason", text)]
    rest = re.search(r"and (\d+) others, for (\d+) other reasons", text)
    assert rest is not None
    assert sum(shown) + int(rest[1]) == 45
    assert len(shown) + int(rest[2]) == 9


def test_refused_children_and_priced_trials_are_counted_apart() -> None:
    document = briefing(trials=90)
    ran = document.ran
    text = as_text(document, 120)

    sums = [sum(t.count for t in tallies) for _, _, tallies in tally_groups(document)]

    assert sums == [ran.refused, ran.without_fitness, ran.failed]
    assert f"Refused before they cost anything: {ran.refused} children" in text
    assert f"Priced, but could not be judged: {ran.without_fitness} trials" in text
    assert f"Never priced: {ran.failed} trials" in text


def test_what_was_tried_priced_and_judged_is_one_set_of_counts() -> None:
    document = briefing(trials=90, accepted=5)
    ran = document.ran

    words = ran_words(document).replace("\u00a0", " ")

    assert ran.tried == 90 == ran.evaluated + ran.failed
    assert ran.judged == len(document.sharpes) == ran.evaluated - ran.without_fitness
    assert words.startswith(
        f"90 trials (90 asked for): {ran.evaluated} priced, {ran.failed} could not be run. "
        f"Of those priced {ran.judged} could be judged, {ran.without_fitness} could not; "
        "5 strategies reached the threshold (screened)."
    )


def test_text_of_strangers_cannot_colour_the_terminal() -> None:
    records = night_records()
    hostile = {
        h: replace(g, name="\x1b[31mred\n\n", idea="\x1b]0;title\x07 <script>", source="\x1b[2Jx")
        for h, g in records.genomes.items()
    }
    document = compose(replace(records, genomes=hostile), 5)

    assert "\x1b" not in as_text(document)
    assert "\x1b" not in as_json(document)
    assert "\\u001b" not in as_json(document)


def test_what_was_out_of_the_ordinary_is_one_sentence_each() -> None:
    records = night_records()
    night = replace(records.night, carried=3, rechecked=1, retried_timeouts=2)

    usual = ran_words(compose(records, 5))
    words = ran_words(compose(replace(records, night=night), 5))

    assert words.replace("\u00a0", " ") == (
        f"{usual} Work left over by earlier nights came first: 3 jobs. Tried again under a changed "
        "market, settings or engine: 1 known strategy. This night may not be repeatable: "
        "2 genomes ran out of time on a busy machine and ran once more."
    ).replace("\u00a0", " ")
    assert "repeatable" not in usual


def test_a_night_that_took_something_over_does_not_promise_to_come_again() -> None:
    document = compose(night_records(), 5)
    later = replace(document, recipe=replace(document.recipe, fresh=False))

    assert "Again, in a fresh state" in as_text(document)
    assert "Again, in a fresh state" not in as_text(later)
    assert "earlier nights left" in as_text(later)
