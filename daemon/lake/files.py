"""Files that are there whole or not at all.

Write under a temporary name in a folder outside any glob, sync, check, rename, sync the folder.
A full disk is a `NoRoomError` and leaves nothing behind; a folder that may not be written is a
`MissingError`.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from daemon.errors import MissingError, NoRoomError

Fault = Callable[[str], None]
"""Called with the name of each point where a crash would hurt most; tests end the process there."""

FAULT_POINTS: Final = (
    "before_write",
    "mid_write",
    "before_rename",
    "after_rename",
    "before_manifest",
    "after_manifest",
    "before_receipts",
    "after_receipts",
)


def no_fault(point: str) -> None:
    """What happens at a fault point outside tests: nothing."""


def write_whole(
    path: Path,
    content: bytes,
    temporary: Path,
    check: Callable[[Path], None] | None = None,
    fault: Fault = no_fault,
) -> None:
    """Puts content under the path, replacing what was there. NoRoomError where the disk is full.

    check: looks at the finished temporary file and raises what is wrong with it.
    """
    with writing(path):
        _make_folder(temporary)
        _make_folder(path.parent)
        fault("before_write")
        handle, name = tempfile.mkstemp(dir=temporary, prefix=f"{path.name}-")
        try:
            _write(handle, content, fault)
            if check is not None:
                check(Path(name))
            fault("before_rename")
            os.replace(name, path)
            sync_folder(path.parent)
            fault("after_rename")
        finally:
            Path(name).unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """About that path: NoRoomError where the disk is full, MissingError where it is read-only."""
    try:
        yield
    except OSError as error:
        _raise_missing(error, path)
        raise


def _raise_missing(error: OSError, path: Path) -> None:
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        raise MissingError(
            f"{path.parent}: expected a folder, found a file there or above it; "
            "move it away, or choose another folder"
        ) from error
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        raise MissingError(
            f"{path.parent}: may not be written ({error.strerror}) while writing {path.name}; "
            "give its owner the right to, or choose another folder"
        ) from error
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise NoRoomError(
            f"{path.parent}: no room left on the disk while writing {path.name}; what was "
            "written before is kept; free some space and give the command again"
        ) from error


def sync_folder(folder: Path) -> None:
    """Makes renames and deletions in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path, name: str = "") -> int:
    """Deletes the files of a folder of temporary files; how many there were.

    name: only what was to become a file of that name.
    """
    if not folder.is_dir():
        return 0
    with writing(folder / "leftovers"):
        begins = f"{name}-" if name else ""
        leftovers = [p for p in folder.iterdir() if p.is_file() and p.name.startswith(begins)]
        for path in leftovers:
            path.unlink(missing_ok=True)
    return len(leftovers)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)


def _write(handle: int, content: bytes, fault: Fault) -> None:
    view = memoryview(content)
    half = len(view) // 2
    try:
        _write_all(handle, view[:half])
        fault("mid_write")
        _write_all(handle, view[half:])
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_all(handle: int, view: memoryview) -> None:
    while len(view):
        view = view[os.write(handle, view) :]
