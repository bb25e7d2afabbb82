"""The store: the daemon's database behind the port that shifts see.

Each method is one transaction; the modules beside this one know the rows. Blocking: call it from
a thread. One daemon holds the state folder's lock and opens it as `daemon`; commands that run
beside it open it without, and neither migrate nor claim jobs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from sqlalchemy.orm import Session

from daemon.domain.evolution.dossier import Dossier
from daemon.domain.evolution.records import (
    BriefingFiles,
    Claim,
    Effects,
    Elite,
    Event,
    Genome,
    Lesson,
    Mutation,
    Night,
    Stage,
    Step,
    Trial,
)
from daemon.errors import BadDataError, FencedError, NightShiftError
from daemon.store import chain, genomes, jobs, journal, ledger, mutations, nights, trials, verify
from daemon.store.calls import Books
from daemon.store.database import Database, translated
from daemon.store.effects import write
from daemon.store.faults import fault_point
from daemon.store.head import Head
from daemon.store.migrate import CURRENT, Shapes, open_database
from daemon.store.proofs import Proofs

LEASE_SECONDS = 900.0


class SqlStore:
    """The database of one state folder, opened."""

    def __init__(
        self,
        database: Database,
        epoch: int,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        lease_s: float,
    ) -> None:
        self.database = database
        self.head = Head.of(database.path)
        self.epoch = epoch
        self._now = now
        self._monotonic = monotonic
        self.lease_s = lease_s

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        daemon: bool = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        lease_s: float = LEASE_SECONDS,
        shapes: Shapes = CURRENT,
    ) -> Self:
        """Opens, and where needed makes or migrates, the database at a path.

        daemon: the caller holds the lock of the state folder: a new epoch begins and jobs of
        earlier ones are free. lease_s: how long a claim holds. Errors as in `open_database`.
        """
        database = open_database(path, shapes, migrate=daemon)
        epoch = 0
        if daemon:
            with database.writing() as session:
                newest = ledger.begin(session, Head.of(path))
                epoch = jobs.start_instance(session, now(), newest)
        fault_point("opened")
        return cls(database, epoch, now, monotonic, lease_s)

    @property
    def proofs(self) -> Proofs:
        """What finalists are judged by."""
        return Proofs(self.database)

    @property
    def books(self) -> Books:
        """The books of paid model calls."""
        return Books(self.database, self._now)

    def close(self) -> None:
        """Ends every connection; nothing depends on it having been called."""
        self.database.close()

    def commit(self, effects: Effects, claim: Claim | None = None) -> None:
        """All effects and the end of the claimed job in one transaction; FencedError if lost.

        Effects that are there already by their natural key have happened and change nothing.
        """
        window = "publish" if effects.briefing else "commit"
        with self._committing(window, bool(effects.trials)) as session:
            self._write(session, effects, claim)

    def commit_all(self, steps: Sequence[Step]) -> tuple[int, NightShiftError | None]:
        """Steps in their order and one transaction, up to the first that cannot be written.

        Gives how many were, and what kept the next from it: FencedError where its claim was lost.
        """
        with self._committing("commit", any(step.effects.trials for step in steps)) as session:
            for written, step in enumerate(steps):
                try:
                    with self.database.part(session):
                        self._write(session, step.effects, step.claim)
                except (BadDataError, FencedError) as error:
                    return written, error
                fault_point("within_commit")
        return len(steps), None

    def claim(self, kind: str, limit: int, night: str | None = None) -> Sequence[Claim]:
        """Up to `limit` waiting jobs of a kind, oldest first, leased to this daemon.

        night: only those that belong to it.
        """
        fault_point("before_claim")
        with self.database.writing() as session:
            claims = jobs.claim(session, kind, limit, self._lease(), self._now(), night)
        fault_point("after_claim" if claims else "idle")
        return claims

    def extend(self, claim: Claim) -> None:
        """Holds a claimed job for another lease; FencedError if it was lost."""
        with self.database.writing() as session:
            jobs.extend(session, claim, self._lease())

    def release(self, claim: Claim, error: str) -> None:
        """Gives a job back after a fault; parked, with an event, after three faults. FencedError.

        Without an error nothing failed: it waits again and no fault is counted.
        """
        with self.database.writing() as session:
            jobs.release(session, claim, self.epoch, error, self._now())

    def waiting(self, kind: str, night: str | None = None, swarm: str = "") -> int:
        """How many jobs of a kind wait or run, of a night or in all; of one swarm, if named."""
        with self.database.reading() as session:
            return jobs.waiting(session, kind, night, swarm)

    def job_counts(self) -> Mapping[str, Mapping[str, int]]:
        """Jobs by kind and state (waiting, running, done, failed)."""
        with self.database.reading() as session:
            return jobs.counts(session)

    def stage_counts(self) -> Mapping[str, int]:
        """Genomes by stage."""
        with self.database.reading() as session:
            return genomes.by_stage(session)

    def open_night(self, night: Night, recheck: int = 0, any_market: bool = False) -> Night:
        """The unfinished night that was asked for the same, else this one; keeps its settings.

        recheck: how many of the best known strategies a new night tries again at most. any_market:
        a night is the same although the lake has changed since it began.
        """
        with self.database.writing() as session:
            return nights.open_night(session, night, recheck, any_market, self._now())

    def genome(self, hash_or_prefix: str) -> Genome:
        """UsageError where no genome, or more than one, begins so."""
        with self.database.reading() as session:
            return genomes.find(session, hash_or_prefix)

    def genomes(self, stage: Stage | None = None, night: str | None = None) -> Sequence[Genome]:
        """In order of birth; as a night sees them, where one is named."""
        with self.database.reading() as session:
            return genomes.all_of(session, stage, night)

    def known(self, genome_hash: str, night: str | None = None) -> bool:
        """True if the canonical text was stored or refused before, as a night sees it."""
        with self.database.reading() as session:
            return genomes.known(session, genome_hash, night)

    def same_behaviour(self, behaviour: str, night: str | None = None) -> str:
        """Hash of the genome that behaves so on the probe market, or '', as a night sees it."""
        with self.database.reading() as session:
            return genomes.same_behaviour(session, behaviour, night)

    def mutations(self, ids: Sequence[str]) -> Sequence[Mutation]:
        """In the order of the ids."""
        with self.database.reading() as session:
            return mutations.find(session, ids)

    def last_generation(self, night: str) -> int:
        """Number of the newest generation asked for in a night, -1 before the first."""
        with self.database.reading() as session:
            return mutations.last_generation(session, night)

    def lessons(self, night: str | None = None) -> Sequence[Lesson]:
        """In the order they were learnt."""
        with self.database.reading() as session:
            return mutations.lessons(session, night)

    def trials(self, night: str | None = None) -> Sequence[Trial]:
        """In the order of the ledger, returns included: some 16 KB a trial of eight years."""
        with self.database.reading() as session:
            return trials.all_of(session, night)

    def trial_count(self, night: str | None = None) -> int:
        """Trials evaluated in full."""
        with self.database.reading() as session:
            return trials.count(session, night)

    def elites(self, settings_hash: str, night: str | None = None) -> Sequence[Elite]:
        """Best trial of each niche made under these settings, by selection, best first.

        night: as this one sees them.
        """
        with self.database.reading() as session:
            return trials.elites(session, settings_hash, night)

    def floors(self, settings_hash: str, night: str | None = None) -> Mapping[str, float]:
        """The selection of each of these elites, by niche."""
        with self.database.reading() as session:
            return trials.floors(session, settings_hash, night)

    def tried(self, night: str) -> frozenset[str]:
        """Hashes of the genomes with a trial in a night."""
        with self.database.reading() as session:
            return trials.tried(session, night)

    def selections(self, night: str, after: int = 0) -> Sequence[tuple[str, float | None]]:
        """Genome and selection (None without one) of the trials that a night bred, in the order of
        the ledger, without the first `after`.
        """
        with self.database.reading() as session:
            return trials.selections(session, night, after)

    def best_of_night(self, night: str, limit: int) -> Sequence[Elite]:
        """The best trials of a night by selection, suspected leaks left out, best first."""
        with self.database.reading() as session:
            return trials.best_of_night(session, night, limit)

    def settings(self, settings_hash: str) -> str | None:
        """The settings behind a hash, as JSON text; None where none were kept."""
        with self.database.reading() as session:
            return trials.settings_of(session, settings_hash)

    def best_selection(self) -> Mapping[str, float]:
        """The best selection fitness of each genome that has one, by hash."""
        with self.database.reading() as session:
            return trials.best_selection(session)

    def flags(self) -> Mapping[str, tuple[str, ...]]:
        """The flags of each genome's trials, such as suspected_leak; flagless ones are left out."""
        with self.database.reading() as session:
            return trials.flags(session)

    def nights(self) -> Sequence[Night]:
        """Oldest first."""
        with self.database.reading() as session:
            return nights.nights(session)

    def briefing(self, night: str | None = None) -> BriefingFiles | None:
        """Of a night, or the newest there is."""
        with self.database.reading() as session:
            return nights.briefing(session, night)

    def briefing_of_day(self, start: datetime, end: datetime) -> BriefingFiles | None:
        """The newest briefing written from start (inclusive) to end (exclusive)."""
        with self.database.reading() as session:
            return nights.briefing_of_day(session, start, end)

    def journal(
        self, subject: str | None = None, limit: int = 100
    ) -> Sequence[tuple[datetime, Event]]:
        """The newest lines of the journal, of one subject or of all, newest first."""
        with self.database.reading() as session:
            return journal.read(session, subject, limit)

    def happened(self, kind: str, since: datetime) -> Sequence[tuple[datetime, Event]]:
        """The lines of a kind in the journal from an instant on, oldest first."""
        with self.database.reading() as session:
            return journal.happened(session, kind, since)

    def dossiers(self, night: str) -> Sequence[Dossier]:
        """Of the finalists of a night, in the order in which they were tried."""
        return self.proofs.dossiers(night)

    def verify(self, newest: int | None = None) -> Sequence[str]:
        """What is wrong with the database, one sentence each; empty where it is whole.

        newest: only that many of the newest trials, which is quick however long the ledger.
        """
        return verify.problems(self.database, self.head, newest)

    @contextmanager
    def _committing(self, window: str, trials: bool) -> Iterator[Session]:
        """One transaction between its points of a crash; trials: whether any may come with it."""
        fault_point(f"begin_{window}")
        with self.database.writing() as session:
            if trials:
                ledger.check(session, self.head, self._now())
            yield session
            newest = chain.newest(session) if trials else None
            fault_point(f"before_{window}")
        fault_point(f"after_{window}")
        if newest is not None:
            with translated(self.head.path):
                self.head.keep(newest)

    def _write(self, session: Session, effects: Effects, claim: Claim | None) -> None:
        if claim is not None:
            jobs.finish(session, claim, self.epoch, self._now())
        write(session, effects, self._now())

    def _lease(self) -> jobs.Lease:
        return jobs.Lease(self.epoch, self._monotonic(), self.lease_s)
