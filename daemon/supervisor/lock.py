"""The state folder's lock: one instance at a time, by an operating-system lock, not a pid file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from daemon.errors import LockedError, MissingError


@contextmanager
def state_lock(state: Path) -> Iterator[None]:
    """Holds the state folder. LockedError at once if another instance has it."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = FileLock(state / "lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise LockedError(
            f"another instance holds the state folder {state}; "
            "stop it first, or use --state for another folder"
        ) from None
    except OSError as error:
        raise MissingError(
            f"cannot use the state folder {state}: {error.strerror}; "
            "expected a folder that can be written"
        ) from error
    try:
        yield
    finally:
        lock.release()
