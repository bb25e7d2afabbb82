"""The second level as far as it can be looked at from here: its profile, and the memory watch."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from daemon.sandbox import darwin
from daemon.sandbox.answers import reason_of_end, was_outside
from daemon.sandbox.darwin import MemoryWatch
from daemon.sandbox.slot import Exit

GROWS = "x = []\nwhile True: x.append(bytearray(8 << 20)); import time; time.sleep(0.005)"


def test_the_profile_denies_by_default_and_reads_nothing_of_the_owners(tmp_path: Path) -> None:
    text = darwin.profile(tmp_path / 'the "daemon"')

    assert text.startswith("(version 1)\n(deny default)\n")
    assert "network" not in text
    assert str(Path.home()) not in {line.strip('() "') for line in text.split('"')}
    assert f'(subpath "{tmp_path}/the \\"daemon\\"")' in text
    assert f'(subpath "{tmp_path}")' not in text
    assert text.count("(") == text.count(")")
    assert text.count("file-write") == 1


@pytest.mark.skipif(sys.platform == "darwin", reason="there is a launcher on macOS")
def test_elsewhere_there_is_no_launcher() -> None:
    assert darwin.launcher(Path("/")) == []


def test_a_child_that_grows_is_killed_and_told_from_one_killed_outside() -> None:
    with subprocess.Popen([sys.executable, "-c", GROWS]) as child:
        time.sleep(0.1)
        watch = MemoryWatch(child.pid, 64 << 20, child.kill)
        status = child.wait(10)
        watch.stop()

    end = Exit(-status, over=watch.over)
    assert watch.over
    assert not was_outside(end, cpu_s=10)
    reason = reason_of_end(end, 10.0)
    assert (reason.code, reason.end) == ("out_of_memory", "memory")


def test_a_child_that_stays_small_is_left_alone() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.3)"]) as child:
        watch = MemoryWatch(child.pid, 64 << 20, child.kill)
        assert child.wait(10) == 0
        watch.stop()

    assert not watch.over
