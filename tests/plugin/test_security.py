"""Attacks on the sandbox: told at once to who takes alerts, and a limit of two within a day."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from daemon.domain.evolution.records import BriefingFiles, Event, Stage
from daemon.errors import SECURITY, GenomeRefused, Reason, SecurityError
from daemon.plugin import security
from daemon.plugin.roles import Alert, Messenger
from daemon.plugin.security import attack_in, quarantine, stop_after_attacks
from tests.fakes import EVENING, FakeClock, FakeStore
from tests.plugins.breeding import stored, trend

ATTACK = Reason(SECURITY, 0, "it made a system call and was killed (SIGSYS)", "SIGSYS")


@dataclass
class Pigeon:
    """Takes alerts, or fails to."""

    name: str = "pigeon"
    fails: bool = False
    told: list[Alert] = field(default_factory=list)

    async def deliver(self, briefing: BriefingFiles) -> None: ...

    async def alert(self, alert: Alert) -> None:
        if self.fails:
            raise ConnectionError("no wind")
        self.told.append(alert)


class Deaf:
    """Takes briefings only."""

    name = "deaf"

    async def deliver(self, briefing: BriefingFiles) -> None: ...


@dataclass
class At(FakeStore):
    """A journal with attacks at given instants."""

    attacks: list[tuple[datetime, Event]] = field(default_factory=list)

    def happened(self, kind: str, since: datetime) -> list[tuple[datetime, Event]]:
        return [(at, event) for at, event in self.attacks if event.kind == kind and at >= since]


def attacks(*hours_and_names: tuple[float, str]) -> At:
    return At(
        attacks=[
            (EVENING - timedelta(hours=hours), Event(SECURITY, name, {"night": "n"}))
            for hours, name in hours_and_names
        ]
    )


def test_an_attack_is_found_among_the_reasons_of_a_refusal() -> None:
    assert attack_in(GenomeRefused([Reason("raised", 1, "x"), ATTACK])) is ATTACK
    assert attack_in(GenomeRefused([Reason("raised", 1, "x")])) is None
    assert attack_in(ValueError(SECURITY)) is None


def test_quarantine_keeps_the_source_and_names_the_signal() -> None:
    genome = stored(trend(20))

    effects = quarantine(genome, ATTACK, "night-7")

    assert effects.genomes == (genome,)
    assert [(change.stage, change.reason) for change in effects.stages] == [
        (Stage.REJECTED, f"security: {ATTACK.message}")
    ]
    (event,) = effects.events
    assert (event.kind, event.subject) == (SECURITY, genome.hash)
    assert (event.detail["signal"], event.detail["night"]) == ("SIGSYS", "night-7")


@pytest.mark.parametrize("when", [[(1, "a")], [(1, "a"), (2, "a")], [(1, "a"), (24.1, "b")], []])
def test_one_genome_a_day_does_not_stop_the_work(when: list[tuple[float, str]]) -> None:
    store = attacks(*when)

    stop_after_attacks(store, EVENING)

    with pytest.raises(SecurityError):  # one more, by another genome, and it does
        stop_after_attacks(attacks(*when, (0.5, "z"), (0.5, "y")), EVENING)


def test_two_genomes_within_a_day_do_until_it_has_passed() -> None:
    store = attacks((20, "first"), (1, "second"))

    with pytest.raises(SecurityError, match=r"first, second.*before 2026-03-03 01:00 UTC") as stop:
        stop_after_attacks(store, EVENING)

    assert stop.value.exit_code == 1
    stop_after_attacks(store, EVENING + timedelta(hours=4.1))


def test_every_messenger_that_takes_alerts_is_told_though_one_fails() -> None:
    heard, broken = Pigeon(), Pigeon("broken", fails=True)
    messengers: dict[str, Messenger] = {"broken": broken, "deaf": Deaf(), "pigeon": heard}
    effects = quarantine(stored(trend(20)), ATTACK, "night-7")
    store = FakeStore(events=list(effects.events))

    asyncio.run(security.answer_attacks(effects, messengers, store, FakeClock()))

    (alert,) = heard.told
    assert alert.at == EVENING
    assert ATTACK.message in alert.text
    assert alert.key == effects.genomes[0].hash[:12]


def test_a_commit_without_an_attack_tells_nobody() -> None:
    heard = Pigeon()
    effects = quarantine(stored(trend(20)), ATTACK, "night-7")
    store = FakeStore(events=list(effects.events) * 2)

    asyncio.run(
        security.answer_attacks(
            type(effects)(genomes=effects.genomes), {"pigeon": heard}, store, FakeClock()
        )
    )

    assert heard.told == []
