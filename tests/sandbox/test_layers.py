"""Each layer of the kernel alone: what it has to stop without the help of the others."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.domain.market.bars import Market
from daemon.errors import GenomeRefused, Reason, UsageError
from daemon.sandbox import landlock
from daemon.sandbox.layers import KERNEL, LANGUAGE, Layer, Level, Off
from daemon.sandbox.pool import Limits, Pool
from tests.sandbox.genomes import CROSS

pytestmark = [
    pytest.mark.usefixtures("nothing_left"),
    pytest.mark.skipif(sys.platform != "linux", reason="these layers are Linux's"),
]
LIMITS = Limits(cpu_s=2.0, wall_s=3.0, memory_bytes=256 << 20)

NAME = f"nightshift-layers-{os.getpid()}"
FOLDER = f"/tmp/nightshift-layers-{os.getpid()}"
ACTS = {
    "reads a file": "open('/etc/passwd').close()",
    "makes a file": f"open({FOLDER + '/made'!r}, 'w').close()",
    "lists a folder": "os.listdir('/')",
    "listens": "socket.socket().bind(('127.0.0.1', 0))",
    "connects": "socket.socket().connect(('127.0.0.1', 9))",
    "signals its parent": "os.kill(os.getppid(), 0)",
    "calls an abstract socket": f"socket.socket(socket.AF_UNIX).connect(chr(0) + {NAME!r})",
    "sends a datagram": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()",
    "forks": "os.fork() or os._exit(0)",
    "maps code": "mmap.mmap(-1, 4096, prot=7)",
    "changes its folder": "os.chdir('/')",
    "asks for the time of a file": "os.stat('/')",
}
BY_LANDLOCK = frozenset(ACTS) - {
    "sends a datagram",
    "forks",
    "maps code",
    "changes its folder",
    "asks for the time of a file",
}
"""What Landlock stops; the rest is why it is not enough."""


def text(act: str) -> str:
    return (
        "import mmap, os, socket\n\ndef rotate(market, params):\n"
        f"    {act}\n    return market.close * 0.0\n"
    )


async def outcome(pool: Pool, act: str, market: Market) -> Reason | None:
    try:
        await pool.positions(text(act), market, {})
    except GenomeRefused as refused:
        return refused.reasons[0]
    return None


@pytest.fixture(autouse=True)
def _switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTSHIFT_TEST", "1")


@pytest.fixture(autouse=True)
def _open_folder() -> Iterator[None]:
    """A folder that anybody may write to, so that only a layer can refuse it."""
    folder = Path(FOLDER)
    folder.mkdir()
    folder.chmod(0o777)
    yield
    shutil.rmtree(folder)


@pytest.fixture
def _listening() -> Iterator[None]:
    """Somebody who listens on an abstract socket."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(chr(0) + NAME)
        listener.listen()
        yield


def alone(layer: Layer) -> Off:
    return LANGUAGE | (KERNEL - {layer})


async def test_the_filter_alone_kills_every_one_of_them(market: Market) -> None:
    async with Pool(1, LIMITS, off=alone(Layer.SECCOMP)) as pool:
        found = {name: await outcome(pool, act, market) for name, act in ACTS.items()}

    assert {name: reason.end if reason else "" for name, reason in found.items()} == dict.fromkeys(
        ACTS, "SIGSYS"
    )
    assert {reason.code for reason in found.values() if reason} == {"security"}


@pytest.mark.skipif(landlock.abi() < landlock.SCOPE_ABI, reason="an older Landlock does less")
@pytest.mark.usefixtures("_listening")
async def test_landlock_alone_refuses_files_ports_and_signals(market: Market) -> None:
    async with Pool(1, LIMITS, off=alone(Layer.LANDLOCK)) as pool:
        found = {name: await outcome(pool, act, market) for name, act in ACTS.items()}

    refused = Reason("raised", 4, "it raised PermissionError")
    assert {name for name, reason in found.items() if reason == refused} == BY_LANDLOCK
    assert {name for name, reason in found.items() if reason is None} == set(ACTS) - BY_LANDLOCK


@pytest.mark.usefixtures("_listening")
async def test_without_any_layer_nothing_is_stopped(market: Market) -> None:
    """Or the tests above would show nothing."""
    reachable = {name: act for name, act in ACTS.items() if name != "connects"}

    async with Pool(1, LIMITS, off=LANGUAGE | KERNEL) as pool:
        found = {name: await outcome(pool, act, market) for name, act in reachable.items()}

    assert found == dict.fromkeys(reachable)


async def test_a_pool_with_a_layer_off_claims_no_level(market: Market) -> None:
    async with Pool(1, off=frozenset({Layer.LANDLOCK})) as pool:
        assert pool.level == Level.C


async def test_the_namespace_alone_has_no_import_and_no_open(market: Market) -> None:
    off = KERNEL | {Layer.GATE}

    async with Pool(1, LIMITS, off=off) as pool:
        for act in ("import os", "open('/etc/passwd')", "np.load('x')", "ta.__class__.__base__.x"):
            reason = await outcome(pool, act, market)
            assert reason is not None, act
            assert reason.code == "raised"


async def test_the_gate_alone_refuses_what_the_namespace_would_have_let_through() -> None:
    source = CROSS.replace("np.where", "open('/etc/passwd') and np.where")

    async with Pool(1, LIMITS, off=KERNEL | {Layer.NAMESPACE}) as pool:
        probe = await pool.probe(source)
        benign = await pool.probe(CROSS)

    assert [reason.code for reason in probe.reasons] != []
    assert benign.reasons == ()


@pytest.mark.parametrize("layer", list(Layer))
def test_a_layer_is_switched_off_in_tests_only(
    layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NIGHTSHIFT_TEST")

    with pytest.raises(UsageError, match=f"without {layer}.*NIGHTSHIFT_TEST=1"):
        Pool(1, off=frozenset({layer}))
