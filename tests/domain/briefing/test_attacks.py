"""What attacked the sandbox comes first among what needs the owner."""

from __future__ import annotations

from dataclasses import replace

from daemon.domain.briefing.compose import compose
from daemon.domain.evolution.records import Event
from tests.domain.briefing.night_records import night_records


def test_a_genome_that_got_past_the_gate_is_named_with_what_it_did() -> None:
    detail = {"night": "night-7", "name": "evil\x1b[31m one", "message": "it was killed (SIGSYS)"}
    records = replace(night_records(), attacks=(Event("security", "ab" * 32, detail),))

    first, *_ = compose(records, 3).decisions

    assert first.startswith("Security: evil")
    assert "\x1b" not in first
    assert "abababababab" in first
    assert "SIGSYS" in first
    assert "quarantined" in first


def test_a_night_without_an_attack_says_nothing_of_it() -> None:
    assert not any("Security" in line for line in compose(night_records(), 3).decisions)
