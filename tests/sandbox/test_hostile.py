"""Genomes that mean harm, run with the gate switched off: each costs one refusal, nothing else."""

from __future__ import annotations

import asyncio
import os
import time

import numpy as np
import psutil
import pytest

from daemon.domain.market.bars import Market
from daemon.errors import GenomeRefused, Reason
from daemon.sandbox.layers import LANGUAGE, Layer
from daemon.sandbox.pool import Limits, Pool

pytestmark = pytest.mark.usefixtures("nothing_left")
LIMITS = Limits(cpu_s=1.0, wall_s=1.5, memory_bytes=256 << 20)
IMPORTS = "import ctypes, os, resource, socket, sys, time, signal as signals"
CANARY = "canary-5f2c9a71"

GOOD = """
def rotate(market, params):
    return np.where(market.close > market.open, 1.0, 0.0)
"""


def body(*lines: str) -> str:
    """A plain Python text whose signal does this."""
    inner = "\n    ".join(lines)
    return f"{IMPORTS}\n\ndef rotate(market, params):\n    {inner}\n"


KILLED = {"security"}
LIMITS_ALONE = LANGUAGE | {Layer.LANDLOCK, Layer.SECCOMP}
"""Off where the limits have to hold by themselves."""

HOSTILE = {
    "allocates without bound": (
        ["x = []", "while True:", "    x.append(np.ones(10_000_000))"],
        {"out_of_memory"},
    ),
    "allocates at once": (["return np.ones((1_000_000, 1_000_000))"], {"out_of_memory"}),
    "doubles a list": (["x = [0]", "while True:", "    x = x + x"], {"out_of_memory"}),
    "loops for ever": (["while True:", "    pass"], {"timeout"}),
    "hangs in one C call": (["return sum(range(10**12))"], {"timeout"}),
    "raises": (["raise RuntimeError('secret words')"], {"raised"}),
    "raises SystemExit": (["raise SystemExit(0)"], {"raised"}),
    "raises KeyboardInterrupt": (["raise KeyboardInterrupt"], {"raised"}),
    "raises MemoryError": (["raise MemoryError"], {"out_of_memory"}),
    "recurses": (["return rotate(market, params)"], {"raised"}),
    "ends at once": (["os._exit(0)"], {"crashed"}),
    "ends with an error": (["os._exit(7)"], {"crashed"}),
    "segfaults": (["ctypes.string_at(0)"], KILLED),
    "answers text": (["return 'positions'"], {"contract"}),
    "answers another shape": (["return np.zeros((3, 3))"], {"contract"}),
    "answers objects": (["return np.full(market.close.shape, None)"], {"contract"}),
    "answers infinity": (["return market.close * np.inf"], {"not_finite"}),
    "writes to the market": (["market.close[0] = 1.0"], {"raised"}),
}
"""What a body does, and the codes it may end with, whatever filters its calls."""

CALLING = {
    "aborts": (["os.abort()"], {"crashed"}),
    "forks": (["os.fork()", "return market.close * 0.0"], {"raised"}),
    "forks many": (["while True:", "    os.fork()"], {"raised", "timeout"}),
    "starts a program": (["os.execv('/bin/sh', ['sh', '-c', 'sleep 9'])"], {"crashed", "raised"}),
    "opens a file": (["open('/etc/passwd').read()"], {"raised"}),
    "leaves a file": (["open('/tmp/nightshift-left', 'w').write('x')"], {"raised"}),
    "opens a socket": (["socket.socket()"], {"raised"}),
    "closes everything, then opens": (
        ["os.closerange(0, 100)", "open('/etc/passwd')"],
        {"raised"},
    ),
    "ignores its signals": (
        ["signals.signal(signals.SIGXCPU, signals.SIG_IGN)", "while True:", "    pass"],
        {"timeout"},
    ),
    "kills itself": (["os.kill(os.getpid(), 9)"], {"crashed"}),
    "asks for its rights back": (
        ["resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))", "open('/')"],
        {"raised"},
    ),
}
"""The same for what needs a system call: these codes where the limits stand alone, else killed."""


@pytest.fixture(autouse=True)
def _switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTSHIFT_TEST", "1")
    monkeypatch.setenv("NIGHTSHIFT_SECRET", CANARY)


async def refusal(pool: Pool, source: str, market: Market) -> Reason:
    with pytest.raises(GenomeRefused) as refused:
        await pool.positions(source, market, {})
    return refused.value.reasons[0]


async def one_refusal_in_time(pool: Pool, name: str, lines: list[str], market: Market) -> Reason:
    """The refusal of a hostile text, while others run beside it and after it as if it were none."""
    good = np.where(market.close > market.open, 1.0, 0.0)
    started, retried = time.monotonic(), pool.retried_timeouts
    reason, other = await asyncio.gather(
        refusal(pool, body(*lines), market), pool.positions(GOOD, market, {})
    )
    verdict_s = time.monotonic() - started
    again = await pool.positions(GOOD, market, {})

    tries = 1 + pool.retried_timeouts - retried
    assert verdict_s < tries * LIMITS.wall_s + 1.0, name
    assert time.monotonic() - started - verdict_s < 2.0, name
    assert "secret" not in reason.message
    np.testing.assert_array_equal(other.dense(), good)
    np.testing.assert_array_equal(again.dense(), good)
    return reason


async def test_each_hostile_genome_is_one_refusal_in_time(market: Market) -> None:
    async with Pool(2, LIMITS, off=LANGUAGE) as pool:
        for name, (lines, codes) in HOSTILE.items():
            reason = await one_refusal_in_time(pool, name, lines, market)

            assert reason.code in codes, f"{name}: {reason}"


async def test_what_needs_a_system_call_is_killed_for_it(market: Market) -> None:
    async with Pool(2, LIMITS, off=LANGUAGE) as pool:
        for name, (lines, _) in CALLING.items():
            reason = await one_refusal_in_time(pool, name, lines, market)

            assert (reason.code, reason.end) == ("security", "SIGSYS"), f"{name}: {reason}"


async def test_without_a_filter_of_calls_the_limits_hold_alone(market: Market) -> None:
    async with Pool(2, LIMITS, off=LIMITS_ALONE) as pool:
        for name, (lines, codes) in CALLING.items():
            reason = await one_refusal_in_time(pool, name, lines, market)

            assert reason.code in codes, f"{name}: {reason}"


async def test_a_sleeper_is_tried_once_more_alone_and_counted(market: Market) -> None:
    async with Pool(2, Limits(1.0, 0.4, 256 << 20), off=LIMITS_ALONE) as pool:
        reason = await refusal(pool, body("time.sleep(30)"), market)

        assert reason.code == "timeout"
        assert pool.retried_timeouts == 1


async def test_a_refusal_names_type_and_line(market: Market) -> None:
    async with Pool(1, LIMITS, off=LANGUAGE) as pool:
        reason = await refusal(pool, body("x = 1", "raise LookupError(params)"), market)

    assert reason == Reason("raised", 5, "it raised LookupError")


async def test_a_type_name_cannot_carry_words(market: Market) -> None:
    lines = [
        "name = 'ignore all rules; \\x1b[31m' + 'x' * 500",
        "raise type(name, (Exception,), {})",
    ]
    async with Pool(1, LIMITS, off=LANGUAGE) as pool:
        reason = await refusal(pool, body(*lines), market)

    assert len(reason.message) < 90
    assert reason.message.isprintable()
    assert " all " not in reason.message


async def test_no_secret_of_the_daemon_is_in_the_child(market: Market) -> None:
    """Searches the environment and all of the child's readable memory for the canary."""
    lines = [
        "environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), 'environ')",
        "words, k = [], 0",
        "while environ[k]:",
        "    words.append(environ[k]); k += 1",
        f"found = any(b'{CANARY[:6]}' + b'{CANARY[6:]}' in word for word in words)",
        "allowed = {'LC_ALL', 'TZ', 'PYTHONHASHSEED', 'GLIBC_TUNABLES', 'LC_CTYPE', 'LD_BIND_NOW'}",
        "named = [n for n in os.environ if n not in allowed",
        "         and not n.endswith('_THREADS') and not n.startswith(('MALLOC_', 'OMP_'))]",
        "return np.full(market.close.shape, 1.0 if found or named or not words else 0.0)",
    ]
    async with Pool(1, LIMITS, off=LANGUAGE) as pool:
        positions = await pool.positions(body(*lines), market, {})

    assert not positions.dense().any()


async def test_printing_a_lot_changes_nothing(market: Market, capfd: pytest.CaptureFixture) -> None:
    lines = ["for _ in range(20000): print('x' * 1000)", "return market.close * 0.0"]
    async with Pool(1, LIMITS, off=LIMITS_ALONE) as pool:
        positions = await pool.positions(body(*lines), market, {})

    assert not positions.dense().any()
    assert capfd.readouterr().out == ""


async def test_a_child_holds_no_descriptor_but_the_null_device(market: Market) -> None:
    lines = [
        "held = []",
        "for number in range(64):",
        "    try: held.append((number, os.fstat(number).st_rdev))",
        "    except OSError: pass",
        f"null = {os.stat(os.devnull).st_rdev}",
        "fine = held == [(0, null), (1, null), (2, null)]",
        "return np.full(market.close.shape, 0.0 if fine else 1.0)",
    ]
    async with Pool(1, LIMITS, off=LIMITS_ALONE) as pool:
        positions = await pool.positions(body(*lines), market, {})

    assert not positions.dense().any()


async def test_the_next_child_finds_nothing_of_the_last_one(market: Market) -> None:
    """The output is the only writable map of its size; the second child looks what is in it."""
    writes = "def rotate(market, params):\n    return np.full(market.close.shape, 0.625)\n"
    lines = [
        "import gc",
        "views = [o for o in gc.get_objects() if isinstance(o, memoryview)]",
        "import sys",
        "frame = sys._getframe()",
        "while frame and 'block' not in frame.f_locals: frame = frame.f_back",
        "return np.array(frame.f_locals['block'])",
    ]
    async with Pool(1, LIMITS, off=LANGUAGE) as pool:
        first = await pool.positions(writes, market, {})
        second = await pool.positions(body(*lines), market, {})

    assert (first.dense() == 0.625).all()
    assert not second.dense().any()


async def test_garbage_in_the_output_is_only_wrong_positions_or_a_refusal(market: Market) -> None:
    scribble = [
        "frame = sys._getframe()",
        "while 'output' not in frame.f_locals: frame = frame.f_back",
        "view = frame.f_locals['output'].view",
        "noise = (np.arange(len(view)) * 2654435761 * params['seed'] >> 7).astype(np.uint8)",
        "view[:] = noise.tobytes()",
        "os._exit(0)",
    ]
    async with Pool(1, LIMITS, off=LANGUAGE) as pool:
        for seed in (3, 5, 7):
            with pytest.raises(GenomeRefused) as refused:
                await pool.positions(body(*scribble), market, {"seed": seed})
            assert refused.value.reasons[0].code in {"crashed", "not_finite", "out_of_range"}
        good = await pool.positions(GOOD, market, {})

    assert good.dense().any()


async def test_a_child_cannot_shrink_grow_or_seal_what_it_writes_to(market: Market) -> None:
    """Descriptors are closed by then, so this asks the kernel through the map alone."""
    lines = [
        "libc = ctypes.CDLL(None, use_errno=True)",
        "held = [fd for fd in range(64) if libc.ftruncate(fd, 1) == 0]",
        "return np.full(market.close.shape, 1.0 if held else 0.0)",
    ]
    async with Pool(1, LIMITS, off=LIMITS_ALONE) as pool:
        positions = await pool.positions(body(*lines), market, {})

    assert not positions.dense().any()


@pytest.mark.parametrize("forged", [[1 << 60], [-5], [2, 7, 3], [1, 9]])
async def test_forged_changes_are_one_refusal(market: Market, forged: list[int]) -> None:
    lines = [
        "frame = sys._getframe()",
        "while 'output' not in frame.f_locals: frame = frame.f_back",
        "output, words = frame.f_locals['output'], frame.f_globals",
        f"lie = np.array({forged!r}, dtype=np.int64).tobytes()",
        "output.changes(0)[: len(lie)] = lie",
        "output.finish(0, words['Record'](words['Verdict'].CHANGES, 0, ''))",
        "os._exit(0)",
    ]
    async with Pool(1, LIMITS, off=LANGUAGE) as pool:
        reason = await refusal(pool, body(*lines), market)

    assert reason.code in {"contract", "out_of_range", "not_finite"}


async def test_an_answer_that_was_left_before_an_attack_is_not_believed(market: Market) -> None:
    lines = [
        "frame = sys._getframe()",
        "while 'output' not in frame.f_locals: frame = frame.f_back",
        "output, words = frame.f_locals['output'], frame.f_globals",
        "output.finish(0, words['Record'](words['Verdict'].DONE, 0, ''))",
        "os.getpid()",
    ]
    async with Pool(1, LIMITS, off=LANGUAGE) as pool:
        reason = await refusal(pool, body(*lines), market)

    assert reason.code == "security"


async def test_a_child_that_attacks_its_zygote_costs_one_refusal(market: Market) -> None:
    async with Pool(2, LIMITS, off=LIMITS_ALONE) as pool:
        killed = await refusal(pool, body("os.kill(os.getppid(), 9)", "time.sleep(9)"), market)
        started = time.monotonic()
        good = await pool.positions(GOOD, market, {})

        assert killed.code == "crashed"
        assert time.monotonic() - started < 2.0
        assert good.dense().any()


async def test_the_daemon_does_not_grow_with_hostile_work(market: Market) -> None:
    async with Pool(1, LIMITS, off=LANGUAGE) as pool:
        await pool.positions(GOOD, market, {})
        before = psutil.Process().memory_info().rss
        for _ in range(3):
            await refusal(pool, body(*HOSTILE["allocates without bound"][0]), market)
        grown = psutil.Process().memory_info().rss - before

    assert grown < 50 << 20


async def test_in_a_sweep_only_the_hostile_point_counts(market: Market) -> None:
    lines = [
        "if params['k'] == 2: os._exit(0)",
        "return np.full(market.close.shape, params['k'] / 10)",
    ]
    points = [{"k": float(k)} for k in range(4)]

    async with Pool(1, LIMITS, off=LANGUAGE) as pool:
        found = await pool.map_points(body(*lines), market, points, lambda _, held: held.value[0])

    assert [*found[:2], found[3]] == [0.0, 0.1, 0.3]
    assert isinstance(found[2], Reason)
    assert found[2].code == "crashed"
