"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from daemon.errors import MissingError
from daemon.lake.files import FAULT_POINTS, sweep, write_whole
from daemon.lake.lake import Lake

DISK_FULL = """
import sys
from pathlib import Path
from daemon.errors import MissingError
from daemon.lake.files import write_whole
root = Path(sys.argv[1])
write_whole(root / "small", b"x" * 1000, root / ".temporary")
try:
    write_whole(root / "large", b"x" * 4_000_000, root / ".temporary")
except MissingError as error:
    print(error)
left = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
assert left == ["small"], left
write_whole(root / "after", b"x" * 1000, root / ".temporary")
"""


class Stopped(BaseException):
    """Ends the writing at a fault point."""


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "file"
    write_whole(path, b"one", tmp_path / ".temporary")

    write_whole(path, b"two", tmp_path / ".temporary")

    assert path.read_bytes() == b"two"
    assert list((tmp_path / ".temporary").iterdir()) == []


@pytest.mark.parametrize("point", ["before_write", "mid_write", "before_rename"])
def test_stopping_before_the_rename_leaves_the_old_file(tmp_path: Path, point: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fault(passed: str) -> None:
        if passed == point:
            raise Stopped

    with pytest.raises(Stopped):
        write_whole(path, b"new", tmp_path / ".temporary", fault=fault)

    assert path.read_bytes() == b"old"


def test_every_point_of_a_write_is_a_known_fault_point(tmp_path: Path) -> None:
    passed: list[str] = []

    write_whole(tmp_path / "file", b"new", tmp_path / ".temporary", fault=passed.append)

    assert passed == ["before_write", "mid_write", "before_rename", "after_rename"]
    assert set(passed) <= set(FAULT_POINTS)


def test_a_file_that_fails_its_check_never_gets_its_name(tmp_path: Path) -> None:
    def check(path: Path) -> None:
        assert path.read_bytes() == b"new"
        raise ValueError("not good")

    with pytest.raises(ValueError, match="not good"):
        write_whole(tmp_path / "file", b"new", tmp_path / ".temporary", check=check)

    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    written = os.write

    def full(handle: int, data: bytes) -> int:
        if len(data) > 4:
            return written(handle, data[:4])
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(MissingError, match=r"no room left on the disk.*free some space"):
        write_whole(tmp_path / "file", b"0123456789", tmp_path / ".temporary")
    monkeypatch.undo()

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_a_folder_that_may_not_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def forbidden(source: str, target: Path) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "replace", forbidden)

    with pytest.raises(MissingError, match="may not be written"):
        write_whole(tmp_path / "file", b"x", tmp_path / ".temporary")


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs user namespaces")
def test_a_really_full_disk_leaves_what_was_written_before(tmp_path: Path) -> None:
    script = tmp_path / "fill.py"
    script.write_text(DISK_FULL)
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = f"mount -t tmpfs -o size=1m none {folder}"
    unshare = ["unshare", "-Urm", "sh", "-c"]
    if subprocess.run([*unshare, mount], capture_output=True, check=False).returncode:
        pytest.skip("this machine mounts no tmpfs in a user namespace")
    run = f"PYTHONPATH={Path.cwd()} {sys.executable} {script} {folder}"

    done = subprocess.run(
        [*unshare, f"{mount} && {run}"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "no room left on the disk while writing large" in done.stdout


def test_sweeping_a_folder_that_is_not_there_is_no_work(tmp_path: Path) -> None:
    (tmp_path / "half").write_bytes(b"x")

    assert sweep(tmp_path / "none") == 0
    assert sweep(tmp_path) == 1


def test_what_a_killed_writer_left_is_gone_after_the_next_start(lake: Lake) -> None:
    lake.layout.temporary.mkdir(parents=True)
    (lake.layout.temporary / "2024-abc.parquet-x7").write_bytes(b"half")
    with FileLock(lake.layout.lock):
        lake.tidy()
        assert len(list(lake.layout.temporary.iterdir())) == 1

    lake.tidy()

    assert list(lake.layout.temporary.iterdir()) == []


def test_a_lake_that_is_not_there_is_not_made_by_a_start(tmp_path: Path) -> None:
    Lake(tmp_path / "none").tidy()

    assert not (tmp_path / "none").exists()
