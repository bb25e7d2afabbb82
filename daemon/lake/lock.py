"""The folder of a lake: that it can be one, and that one process at a time writes to it.

An ingestion or a repair holds its lock; reading needs none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from daemon.errors import LockedError, MissingError
from daemon.lake.files import sweep, writing
from daemon.lake.index import close_index, open_index
from daemon.lake.layout import Layout
from daemon.lake.quarantine import settle


@contextmanager
def single_writer(layout: Layout) -> Iterator[None]:
    """Makes the folder where it is missing, and sweeps what a killed writer left behind.

    What is in quarantine is settled first; the index of parts is up to date afterwards.

    LockedError beside another writer, MissingError where the folder may not be written.
    """
    lock = FileLock(layout.lock)
    with writing(layout.lock):
        layout.root.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise LockedError(
                f"{layout.root}: another process writes to this lake; wait until it is done"
            ) from error
    try:
        sweep(layout.temporary)
        with writing(layout.lock):
            open_index(layout)
        settle(layout)
        yield
    finally:
        close_index(layout)
        lock.release()


def refuse_file(root: Path) -> None:
    """MissingError where the lake's folder, or one above it, is a file or may not be entered."""
    try:
        found = next(path for path in (root, *root.parents) if path.exists())
    except PermissionError as error:
        raise MissingError(
            f"{root}: the folder of the lake may not be entered ({error.strerror}); "
            "give its owner the right to, or choose another folder"
        ) from error
    if not found.is_dir():
        raise MissingError(
            f"{found}: expected the folder of the lake, found a file; choose another folder "
            "(lake.path, or the environment's DATA_DIR)"
        )
