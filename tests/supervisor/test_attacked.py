"""Two attacks on the sandbox within a day stop nights and the daemon, now and when they start."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from daemon.config import Loaded
from daemon.domain.evolution.records import Effects, Event, Stage
from daemon.domain.genome import gate
from daemon.errors import SECURITY, GenomeRefused, Reason, SecurityError
from daemon.plugin.host import Probe
from daemon.plugin.roles import ShiftReport, Turn
from daemon.sandbox.pool import Pool
from daemon.supervisor.campaign import one_night
from daemon.supervisor.owner import OwnerRequest, owner_backtest
from daemon.supervisor.places import open_store
from daemon.supervisor.supervisor import serve
from tests.sandbox.genomes import CROSS

ATTACK = Reason(SECURITY, 0, "it made a system call and was killed (SIGSYS)", "SIGSYS")


def attacked(loaded: Loaded, *subjects: str) -> None:
    with open_store(loaded, daemon=False) as store:
        detail = {"night": "n", "name": "evil", "message": "it was killed"}
        events = tuple(Event(SECURITY, subject, detail) for subject in subjects)
        store.commit(Effects(events=events))


def test_after_two_attacks_neither_a_night_nor_the_daemon_begins(used: Loaded) -> None:
    attacked(used, "first", "second")

    for work in (
        one_night(used, used.settings.night, lambda name, report: None),
        serve(used, once=True),
        serve(used, once=False),
    ):
        with pytest.raises(SecurityError, match="first, second"):
            asyncio.run(work)


def test_the_proved_level_stands_on_every_trial_and_in_the_briefing(rested: Loaded) -> None:
    with open_store(rested, daemon=False) as store:
        levels = {trial.sandbox for trial in store.trials()}
        briefing = store.briefing()

    assert levels == {"A"}
    assert briefing is not None
    assert json.loads(briefing.document)["recipe"]["sandbox"] == "A"


@pytest.mark.parametrize("once", [True, False])
def test_a_daemon_ends_with_the_second_attack(
    once: bool, used: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def attack(self: object, turn: Turn) -> ShiftReport:
        attacked(used, "first", "second")
        raise SecurityError("raised by the shift")

    monkeypatch.setattr("plugins.recruiter.shift.RecruiterShift.run", attack)

    with pytest.raises(SecurityError, match="nothing is evaluated before"):
        asyncio.run(serve(used, once=once))


def test_the_owners_backtest_of_an_attacker_quarantines_it(
    used: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def probe(self: Pool, source: str, thorough: bool = True) -> Probe:
        return Probe("", (ATTACK,))

    monkeypatch.setattr(Pool, "probe", probe)
    file = used.folder / "evil.py"
    file.write_text(CROSS)

    with pytest.raises(GenomeRefused, match="SIGSYS"):
        asyncio.run(owner_backtest(used, OwnerRequest(str(file)), None))

    with open_store(used, daemon=False) as store:
        genome = store.genome(gate.check(CROSS).hash)
        (line,) = [event for _, event in store.journal(genome.hash) if event.kind == SECURITY]
    assert (genome.stage, genome.source) == (Stage.REJECTED, CROSS)
    assert line.detail["signal"] == "SIGSYS"


def test_a_night_that_meets_two_attackers_ends_with_a_sentence(
    fresh: Callable[..., Loaded], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = fresh()

    async def probe(self: Pool, source: str, thorough: bool = True) -> Probe:
        return Probe("", (ATTACK,))

    monkeypatch.setattr(Pool, "probe", probe)

    with pytest.raises(SecurityError, match="2 genomes attacked the sandbox within 24 hours"):
        asyncio.run(one_night(loaded, loaded.settings.night, lambda name, report: None))

    alerts = list((loaded.state / "briefings").glob("alert-*.txt"))
    with open_store(loaded, daemon=False) as store:
        rejected = store.genomes(Stage.REJECTED)
    assert len(rejected) == len(alerts) == 2
    assert {genome.hash[:12] for genome in rejected} == {path.stem[6:] for path in alerts}
