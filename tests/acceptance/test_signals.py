"""A night that is interrupted by hand: the promised code, no traceback, and it goes on."""

from __future__ import annotations

import signal
import subprocess
import time

import psutil
import pytest

from tests.acceptance.nights import Place, interruptible, place
from tests.acceptance.test_night import written

TEXT = '[simulated]\nsymbols = ["SIMA", "SIMB"]\nyears = 2\n'


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return place(tmp_path_factory.mktemp("signals"), TEXT)


@pytest.mark.parametrize(
    ("number", "codes"), [(signal.SIGINT, {130}), (signal.SIGTERM, {143, -signal.SIGTERM})]
)
def test_a_night_stopped_by_a_signal_says_so_by_its_code(
    here: Place, number: int, codes: set[int]
) -> None:
    before = written(here)
    with (
        interruptible(),
        subprocess.Popen(
            here.command("night", "--evaluations", "400", "--seed", "3"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            deadline = time.monotonic() + 90
            while written(here) <= before:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            children = psutil.Process(process.pid).children(recursive=True)
            process.send_signal(number)
            _, error = process.communicate(timeout=20)
        finally:
            process.kill()

    assert process.returncode in codes
    assert "Traceback" not in error
    assert written(here) > before
    assert here.document("verify")["ok"]
    assert children
    assert psutil.wait_procs(children, timeout=10)[1] == []
