"""What a briefing says of the quality of its data."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from daemon.domain.briefing.compose import compose
from daemon.domain.briefing.document import Briefing, as_json, from_json
from daemon.domain.briefing.text import as_text
from daemon.domain.market.scan.score import MarketQuality, Score, SymbolQuality
from plugins.publisher.markdown import as_markdown
from plugins.publisher.page import as_page
from tests.domain.briefing.night_records import changed, night_records, with_trials

GONE = "the session has no bar"
INDA = SymbolQuality("minute", "INDA", Score(492, 329, (19_648,)), GONE, True)
SPY = SymbolQuality("minute", "SPY", Score(148, 2, (16_419, 16_435)), GONE, False)
CLEAN = SymbolQuality("day", "QQQ", Score(148, 0, ()), "", False)
QUALITY = MarketQuality(0.9, (CLEAN, INDA, SPY), 331)


def told(quality: MarketQuality = QUALITY) -> Briefing:
    return compose(night_records(quality=quality), 5)


def test_what_is_left_out_and_what_waits_are_two_sentences() -> None:
    assert told().market.quality_words == (
        "INDA (minute bars, 33\u00a0%) was left out: good in fewer than the 90\u00a0% of sessions "
        "that [quality] minimum asks for.",
        "Nothing was repaired yet; `nightshift lake repair` asks the sources for "
        "331\u00a0symbol-days again.",
    )


def test_good_data_and_a_repair_are_told_too() -> None:
    good = replace(QUALITY, symbols=(CLEAN, SPY), repair="The last repair brought 390 bars.")

    assert told(good).market.quality_words == (
        "No symbol was left out: each is good in at least 90\u00a0% of its sessions.",
        "The last repair brought 390 bars.",
    )


def test_many_that_are_left_out_are_counted() -> None:
    many = tuple(replace(INDA, symbol=f"S{k}") for k in range(40))

    words = told(replace(QUALITY, symbols=many)).market.quality_words[0]

    assert "S5 (minute bars, 33\u00a0%) and 34 more were left out" in words


def test_the_table_has_the_symbols_with_a_bad_session_the_refused_first() -> None:
    rows = told().market.quality

    assert [(row.symbol, row.bad, row.refused) for row in rows] == [
        ("INDA", 329, True),
        ("SPY", 2, False),
    ]
    assert (rows[1].worst, rows[1].good) == (date(2014, 12, 15), 0.9865)


def test_without_a_scan_nothing_is_said() -> None:
    market = compose(night_records(), 5).market

    assert (market.quality, market.quality_words) == ((), ())


def test_a_refused_symbol_is_not_said_to_have_no_data() -> None:
    records = night_records(quality=QUALITY)
    first = changed(records.trials[0], skipped=("INDA", "ZZZ"))

    warnings = compose(with_trials(records, (first, *records.trials[1:])), 5).market.warnings

    assert [w for w in warnings if "No data" in w] == ["No data for ZZZ; strategies skipped them."]


def test_the_document_comes_back_from_its_json_and_so_does_an_older_one() -> None:
    briefing = told()
    older = json.loads(as_json(briefing))
    del older["market"]["quality"], older["market"]["quality_words"]

    assert from_json(as_json(briefing)) == briefing
    assert from_json(json.dumps(older)).market.quality == ()


def test_every_rendering_shows_it_and_escapes_it() -> None:
    hostile = replace(QUALITY, symbols=(replace(INDA, symbol="<b>|", sentence="<i>|"), SPY))
    briefing = told(hostile)

    page, markdown = as_page(briefing), as_markdown(briefing)

    assert "&lt;b&gt;|" in page
    assert "<b>|" not in page
    assert "15\u00a0December\u00a02014" in page
    assert "\\<b\\>\\| minute, left out" in markdown
    assert "2014-12-15: the session has no bar" in markdown
    assert "was left out" in as_text(briefing)
