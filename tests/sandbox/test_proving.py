"""The proof of a level: it holds here, and a layer that is missing or only pretended is found."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from daemon.errors import MissingError
from daemon.sandbox import landlock, proving
from daemon.sandbox import slot as slots
from daemon.sandbox.attempts import ATTEMPTS, attempts_here
from daemon.sandbox.layers import Layer, Level
from daemon.sandbox.pool import Pool
from daemon.sandbox.proving import PLAIN, Proof
from daemon.sandbox.slot import Slot

pytestmark = [
    pytest.mark.usefixtures("nothing_left"),
    pytest.mark.skipif(sys.platform != "linux", reason="what is proved here is Linux's"),
]
able = pytest.mark.skipif(landlock.abi() < landlock.SCOPE_ABI, reason="an older Landlock does less")


def weakened(change: str) -> str:
    """The launch of a zygote with a change to its modules before it begins."""
    first, _, last = slots._LAUNCH.rpartition("main(int")
    return f"{first}from daemon.sandbox import confine, landlock, seccomp\n{change}\nmain(int{last}"


@able
async def test_this_machine_proves_level_a_with_every_attempt() -> None:
    async with Pool(1, required=Level.A) as pool:
        assert pool.level == "A"
        held = {(proof.name, proof.layer): proof for proof in pool.proofs}

    assert all(proof.held for proof in held.values())
    assert {name for name, layer in held if not layer} == {
        PLAIN,
        *(attempt.name for attempt in attempts_here()),
    }
    assert {held[attempt.name, ""].how for attempt in ATTEMPTS} == {"killed by SIGSYS"}
    assert held["read a file", "landlock"].how == "refused (EACCES)"
    assert held["read a file", "limits"].how == "refused (EMFILE)"
    assert held["signal the parent", "landlock"].how == "refused (EPERM)"
    assert held["allocate a gigabyte", "limits"].how == "refused (ENOMEM)"


@able
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("seccomp.install = lambda channel: None", "map executable memory: it succeeded"),
        (
            "landlock.ruleset = lambda: 99; landlock.restrict = lambda ruleset: None",
            "read a file with landlock alone: it succeeded",
        ),
        (
            "confine._limit_resources = lambda cpu_s, memory_bytes: None",
            "allocate a gigabyte: it succeeded",
        ),
        ("landlock.abi = lambda: 0", "put on the layer with landlock alone: this system does not"),
        ("seccomp.is_there = lambda: False", "put on the layer with seccomp alone"),
        ("seccomp.install = landlock.restrict", "run a plain genome: a layer could not be put on"),
    ],
)
def test_a_layer_that_is_only_pretended_is_found(
    change: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "_LAUNCH", weakened(change))
    slot = Slot(Level.A)

    with pytest.raises(MissingError, match="this machine proves C") as missing:
        slot.start()

    assert missing.value.exit_code == 3
    assert said in str(missing.value)
    assert proving.level_of(slot.proofs) is Level.C


@able
def test_a_filter_that_kills_everything_is_no_level(monkeypatch: pytest.MonkeyPatch) -> None:
    change = "from daemon.sandbox import calls\nimport dataclasses\n"
    change += "seccomp.MACHINES = {name: dataclasses.replace(m, plain=(999,)) "
    change += "for name, m in calls.MACHINES.items()}"
    monkeypatch.setattr(slots, "_LAUNCH", weakened(change))

    with pytest.raises(MissingError, match="run a plain genome: killed by SIGSYS"):
        Slot(Level.A).start()


STANDING_STILL = """import os, time
forks, fork, ruleset = [], os.fork, landlock.ruleset
os.fork = lambda: (forks.append(1), fork())[1]
landlock.ruleset = lambda: (time.sleep(20) if len(forks) in {at} else 0, ruleset())[1]
"""


def interrupt(generation: int, killed: set[int]) -> None:
    """Kills the zygote (0) or what it forked (1) while a proof in it stands still."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        time.sleep(0.01)
        with contextlib.suppress(psutil.NoSuchProcess):
            for zygote in psutil.Process().children():
                found = [zygote, *zygote.children()]
                if len(found) == 2 and found[1].pid not in killed and zygote.pid not in killed:
                    killed.add(found[generation].pid)
                    found[generation].kill()
                    return
    raise AssertionError("nothing stands still")


@able
@pytest.mark.parametrize("generations", [(0, 1), (1, 1)])
def test_a_proof_that_somebody_interrupts_is_tried_again(
    generations: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    change = STANDING_STILL.format(at=[1, 2][: sum(generations)])
    monkeypatch.setattr(slots, "_LAUNCH", weakened(change))
    slot = Slot(Level.A)
    starting = threading.Thread(target=slot.start)
    starting.start()
    killed: set[int] = set()

    try:
        for generation in generations:
            interrupt(generation, killed)
    finally:
        starting.join()
        slot.discard()

    assert slot.proofs
    assert proving.level_of(slot.proofs) is Level.A
    assert slot.zygotes_started == 1 + generations.count(0)


@able
def test_a_proof_that_is_killed_every_time_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    change = "import os\nruleset, me = landlock.ruleset, os.getpid()\n"
    change += "landlock.ruleset = lambda: os.kill(os.getpid(), 9) if os.getpid() != me else 0"
    monkeypatch.setattr(slots, "_LAUNCH", weakened(change))

    with pytest.raises(MissingError, match="run a plain genome: killed by SIGKILL"):
        Slot(Level.A).start()


def test_what_is_proved_is_enough_for_less() -> None:
    assert [level for level in Level if Level.B.reaches(level)] == [Level.B, Level.C]
    assert [level for level in Level if level.reaches(Level.A)] == [Level.A]


def test_an_old_landlock_need_not_hold_what_it_does_not_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listen = next(attempt for attempt in ATTEMPTS if attempt.name == "listen on a TCP port")

    for version, expected in ((7, [Layer.LANDLOCK]), (4, [Layer.LANDLOCK]), (3, [])):
        monkeypatch.setattr(landlock, "abi", lambda version=version: version)
        assert proving._alone(listen) == expected


def test_bits_are_those_of_each_landlock() -> None:
    assert landlock.handled(1) == ((1 << 13) - 1, 0, 0)
    assert landlock.handled(2) == ((1 << 14) - 1, 0, 0)
    assert landlock.handled(4) == ((1 << 15) - 1, 3, 0)
    assert landlock.handled(5) == ((1 << 16) - 1, 3, 0)
    assert landlock.handled(9) == ((1 << 16) - 1, 3, 3)


@pytest.mark.parametrize("status", [0, 9, 200 << 8, 201 << 8, 203 << 8, 2 << 8, 11])
def test_an_end_that_shows_nothing_holds_nothing(status: int) -> None:
    """Success, no confinement, an error of another kind, another signal: none of them is held."""
    held, how = proving._judged(status)

    assert not held
    assert how


def test_proofs_survive_the_way() -> None:
    proofs = (Proof("fork", "limits", True, "refused (EAGAIN)"), Proof("fork", "", False, "x"))

    assert proving.decoded(proving.encoded(proofs)) == proofs


@able
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to give up")
def test_level_a_is_proved_by_nobody_without_any_capability() -> None:
    slot = Slot(Level.A)
    try:
        slot.start()
        (zygote,) = psutil.Process().children()
        status = Path(f"/proc/{zygote.pid}/status").read_text().splitlines()
    finally:
        slot.discard()

    held = dict(line.split(":\t", 1) for line in status if ":\t" in line)
    assert held["Uid"].split() == ["65534"] * 4
    assert int(held["CapPrm"], 16) == int(held["CapEff"], 16) == 0
    assert held["NoNewPrivs"] == "1"
