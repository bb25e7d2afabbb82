"""The evidence on the page and in Markdown, and where the publisher gets it from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from daemon.domain.briefing.compose import compose
from daemon.domain.briefing.document import Briefing
from daemon.domain.evolution.records import UNTRIED, Effects, Event
from plugins.publisher.markdown import as_markdown
from plugins.publisher.page import as_page
from plugins.publisher.records import night_records
from tests.domain.briefing.finalist_records import (
    PEEKED,
    best_of,
    dossier_of,
    proven_briefing,
    tribunal,
)
from tests.domain.briefing.night_records import briefing
from tests.domain.briefing.night_records import night_records as made_up
from tests.fakes import NIGHT, FakeStore, fake_host


def words_of_page(document: Briefing) -> str:
    return re.sub(r"<[^>]+>", "", as_page(document)).replace("\u00a0", " ")


def words_of_markdown(document: Briefing) -> str:
    return re.sub(r"\\(.)", r"\1", as_markdown(document))


RENDERINGS = pytest.mark.parametrize("render", [words_of_page, words_of_markdown])
Render = Callable[[Briefing], str]


@RENDERINGS
def test_every_strategy_says_how_likely_it_is_luck_and_what_would_settle_it(render: Render) -> None:
    document = proven_briefing()

    told = render(document)

    for strategy in document.top:
        assert strategy.chance is not None
        assert strategy.chance.luck.replace("\u00a0", " ") in told
        assert strategy.chance.settles.replace("\u00a0", " ") in told


@RENDERINGS
def test_the_finalists_the_tribunal_and_the_sandbox_are_told(render: Render) -> None:
    document = proven_briefing()

    told = render(document)

    assert "Put to the tests" in told
    for finalist in document.finalists:
        assert finalist.hash[:12] in told
        assert finalist.words.replace("\u00a0", " ") in told
    assert document.tribunal is not None
    assert document.tribunal.words.replace("\u00a0", " ") in told
    assert "Every genome ran at sandbox level A" in told


@RENDERINGS
def test_what_is_proven_is_marked_on_its_card_alone(render: Render) -> None:
    document = proven_briefing()
    plain = replace(document, top=tuple(replace(s, proven=False) for s in document.top))

    assert len(render(document)) > len(render(plain))
    assert '<span class="mark">proven</span>' not in as_page(plain)
    assert as_page(document).count('<span class="mark">proven</span>') == 1
    assert as_markdown(document).count("Proven: it passed every check of the ladder.") == 1


@RENDERINGS
def test_a_night_without_finalists_has_no_section_for_them(render: Render) -> None:
    assert "Put to the tests" not in render(briefing())


def test_the_publisher_asks_for_dossiers_tribunal_and_untried_of_its_own_night(
    tmp_path: Path,
) -> None:
    records = made_up()
    first, second, *_ = best_of(records)
    mine, others = dossier_of(first, **PEEKED), dossier_of(second, **PEEKED)
    held = tribunal()
    untried = Event(UNTRIED, second.hash, {"night": NIGHT.id, "why": "no data"})
    elsewhere = Event(UNTRIED, first.hash, {"night": "night-6", "why": "no data"})
    before = replace(held, subject="night-6")
    store = FakeStore()
    store.commit(
        Effects(
            dossiers=(mine, replace(others, night="night-6")),
            events=(before, held, untried, elsewhere),
        )
    )

    found = night_records(fake_host(tmp_path, store), NIGHT.id)

    assert found.dossiers == [mine]
    assert found.tribunal == held
    assert found.untried == [untried]


def test_a_night_without_a_tribunal_has_none(tmp_path: Path) -> None:
    assert night_records(fake_host(tmp_path, FakeStore()), NIGHT.id).tribunal is None


def test_code_of_strangers_in_what_a_check_found_stays_text() -> None:
    records = made_up()
    hostile = replace(best_of(records)[0], name="<script>x</script>")
    found = dossier_of(hostile, reasons=("<img src=x>",), sealed=None)

    page = as_page(compose(replace(records, dossiers=(found,)), 5))

    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;img src=x&gt;" in page
