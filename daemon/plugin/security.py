"""Genomes that attacked the sandbox: quarantined, told at once; after a second one nothing runs.

`quarantine` is what is committed, its source kept; `alarm` tells the owner; `stop_after_attacks`
ends the evaluations. A genome is one where its reason has the code `security`: it passed the gate
and its child was killed for a forbidden system call, or for memory that is not its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from loguru import logger

from daemon.domain.evolution.records import Effects, Event, Genome, Stage, StageChange
from daemon.errors import SECURITY, GenomeRefused, Reason, SecurityError
from daemon.plugin.host import Clock, Store
from daemon.plugin.roles import Alert, Alerting, Messenger

WINDOW: Final = timedelta(hours=24)
MOST: Final = 2
ALERT_S: Final = 30.0
_OUT: Final = frozenset({Stage.REJECTED, Stage.RETIRED})


def attack_in(error: Exception) -> Reason | None:
    """The reason that is an attack, if one of a refusal's is."""
    reasons: Iterable[Reason] = error.reasons if isinstance(error, GenomeRefused) else ()
    return next((reason for reason in reasons if reason.code == SECURITY), None)


def quarantine(genome: Genome, reason: Reason, night: str) -> Effects:
    """The genome with its source, out of the ladder, and the line of the journal."""
    verdict = StageChange(genome.hash, Stage.REJECTED, f"{SECURITY}: {reason.message}")
    detail = {
        "night": night,
        "name": genome.name,
        "signal": reason.end,
        "message": reason.message,
    }
    event = Event(SECURITY, genome.hash, detail)
    stages = () if genome.stage in _OUT else (verdict,)
    return Effects(genomes=(genome,), stages=stages, events=(event,))


async def answer_attacks(
    effects: Effects, messengers: Mapping[str, Messenger], store: Store, clock: Clock
) -> None:
    """After a commit: tells every attack in it, and raises SecurityError where that was enough."""
    attacks = [event for event in effects.events if event.kind == SECURITY]
    for event in attacks:
        await alarm(event, messengers, clock.now())
    if attacks:
        stop_after_attacks(store, clock.now())


async def alarm(event: Event, messengers: Mapping[str, Messenger], now: datetime) -> None:
    """Tells the log and every messenger that takes alerts; one that fails is named in the log."""
    text = (
        f"{event.detail['name']} ({event.subject[:12]}) is quarantined: it passed the gate, but "
        f"{event.detail['message']}; `nightshift genomes show {event.subject[:12]}` shows it"
    )
    logger.bind(step=SECURITY, genome=event.subject).error("{}", text)
    alert = Alert(event.subject[:12], "A genome attacked the sandbox", text, now)
    takers = {name: m for name, m in messengers.items() if isinstance(m, Alerting)}
    told = await asyncio.gather(
        *(asyncio.wait_for(taker.alert(alert), ALERT_S) for taker in takers.values()),
        return_exceptions=True,
    )
    for name, result in zip(takers, told, strict=True):
        if isinstance(result, Exception):
            logger.error('the messenger "{}" did not tell of it: {!r}', name, result)


def stop_after_attacks(store: Store, now: datetime) -> None:
    """SecurityError where two genomes attacked within 24 hours, until these have passed."""
    attacks = store.happened(SECURITY, now - WINDOW)
    found = {event.subject: at for at, event in attacks}
    if len(found) < MOST:
        return
    until = sorted(found.values())[-MOST] + WINDOW
    named = ", ".join(subject[:12] for subject in sorted(found))
    raise SecurityError(
        f"{len(found)} genomes attacked the sandbox within 24 hours ({named}); nothing is "
        f"evaluated before {until:%Y-%m-%d %H:%M} UTC; look at them with `nightshift genomes show`"
    )
