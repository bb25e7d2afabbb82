"""Sentences about the data that hold until something else is said on their topic.

Each change is a line of the journal (`data_note`, its subject the topic); the newest of each topic
is what the briefing shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from daemon.domain.evolution.records import Effects, Event
from daemon.store.journal import subjects
from daemon.store.store import SqlStore

NOTE: Final = "data_note"


def keep_note(store: SqlStore, topic: str, sentences: Sequence[str]) -> None:
    """What holds on a topic from now on; nothing is written where it held before."""
    if list(sentences) != _held(store, topic):
        store.commit(Effects(events=(Event(NOTE, topic, {"sentences": list(sentences)}),)))


def data_notes(store: SqlStore) -> tuple[str, ...]:
    """Every sentence that holds, by topic."""
    with store.database.reading() as session:
        topics = sorted(subjects(session, (NOTE,)))
    return tuple(sentence for topic in topics for sentence in _held(store, topic))


def _held(store: SqlStore, topic: str) -> list[str]:
    lines = [event for _, event in store.journal(topic, 1) if event.kind == NOTE]
    return list(lines[0].detail["sentences"]) if lines else []
