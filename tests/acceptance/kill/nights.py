"""`nightshift night`, night after night on a small simulated market: what the kill tests kill.

A process forked from a warm server is at work a tenth of a second after its start. It calls the
command line itself; only this is added:

- the seed of a night is the number of nights that ended before it, so that a start goes on where
  the last one died, and any number of nights follows;
- a start with KILL_MIGRATE set wants a newer shape of the database, which every later one keeps;
- the points at which a briefing is written announce themselves;
- a broken variant of the store, where one is asked for.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from daemon.__main__ import main
from daemon.domain.evolution.records import Claim, Effects, Step
from daemon.store import jobs
from daemon.store.faults import fault_point
from daemon.store.migrate import CURRENT, Shapes
from daemon.store.store import SqlStore
from daemon.supervisor import campaign
from plugins.publisher import files as briefing_files
from plugins.publisher import shift as publisher

CONFIG = """
[simulated]
symbols = ["SIMA", "SIMB"]
years = 1
[recruiter]
pool_target = 8
[sandbox]
slots = 2
"""
EVALUATIONS = "6"
MIGRATE = "KILL_MIGRATE"
ENDED = 99
BETWEEN_SECONDS = 0.003
ENDLESS = sys.maxsize
LATER = """import sqlalchemy as sa
from alembic import op
revision = "{new:04}"
down_revision = "{old:04}"
def upgrade():
    with op.batch_alter_table("genome", recreate="always") as genome:
        genome.add_column(sa.Column("later_{new}", sa.String()))
"""


def place(folder: Path) -> Path:
    """A new folder with a configuration of its own; its state will be in `state`."""
    (folder / "later").mkdir(parents=True)
    (folder / "daemon.toml").write_text(CONFIG)
    return folder


def shapes(folder: Path) -> Shapes:
    """The newest shape that was ever wanted there; the database may lag behind."""
    later = folder / "later"
    head = int(CURRENT.head) + len(list(later.glob("v*.py")))
    return replace(CURRENT, versions=(*CURRENT.versions, later), head=f"{head:04}")


def work(folder: Path, until: int = ENDLESS, broken: str = "") -> None:
    """Runs nights until so many have ended and none is open; the exit code of one that fails."""
    _redirect(folder / "output")
    BROKEN[broken]()
    _number_the_nights(until)
    _announce_publishing()
    if os.environ.get(MIGRATE):
        _want_another_shape(folder)
    SqlStore.open.__func__.__kwdefaults__["shapes"] = shapes(folder)
    state, config = str(folder / "state"), str(folder / "daemon.toml")
    options = ("--evaluations", EVALUATIONS, "--state", state, "--config", config, "--json")
    code: object = 0
    while not code:
        sys.argv = ["nightshift", "night", *options]
        try:
            main()
        except SystemExit as end:
            code = end.code
    sys.exit(0 if code == ENDED else code)


def _redirect(output: Path) -> None:
    handle = os.open(output, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)


def _number_the_nights(until: int) -> None:
    planned = campaign.planned

    def numbered(started: campaign.Runtime, asked: campaign.NightTable) -> campaign.Night:
        nights = started.store.nights()
        ended = sum(night.finished is not None for night in nights)
        if ended >= until and ended == len(nights):
            sys.exit(ENDED)
        return planned(started, asked.model_copy(update={"seed": ended}))

    campaign.planned = numbered


def _announce_publishing() -> None:
    compose, replace_file = publisher.compose, briefing_files._replace

    def announced_compose(*arguments: object) -> object:
        fault_point("publish_compose")
        return compose(*arguments)

    def announced_replace(path: Path, text: str) -> None:
        fault_point("publish_file")
        replace_file(path, text)

    publisher.compose = announced_compose
    briefing_files._replace = announced_replace


def _want_another_shape(folder: Path) -> None:
    head, part = int(shapes(folder).head), folder / "shape.part"
    part.write_text(LATER.format(old=head, new=head + 1))
    part.replace(folder / "later" / f"v{head + 1:04}.py")


def _no_lease() -> None:
    """What a dead daemon held is never free again."""
    jobs.free_orphans = lambda _session, _epoch: None


def _effect_first() -> None:
    """Effects are committed before, and apart from, the end of their job."""
    commit = SqlStore.commit

    def in_two(store: SqlStore, effects: Effects, claim: Claim | None = None) -> None:
        commit(store, effects)
        if claim is not None:
            fault_point("between")
            time.sleep(BETWEEN_SECONDS)
            commit(store, Effects(), claim)

    def each_in_two(store: SqlStore, steps: Sequence[Step]) -> tuple[int, None]:
        for step in steps:
            in_two(store, step.effects, step.claim)
        return len(steps), None

    SqlStore.commit, SqlStore.commit_all = in_two, each_in_two


BROKEN: Mapping[str, Callable[[], None]] = {
    "": lambda: None,
    "no_lease": _no_lease,
    "effect_first": _effect_first,
}
