"""The state folder's lock: one instance at a time, by an operating-system lock, not a pid file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from daemon.errors import LockedError, MissingError

_HOLDER = "lock.holder"


@contextmanager
def state_lock(state: Path, doing: str = "") -> Iterator[None]:
    """Holds the state folder. LockedError at once if another instance has it.

    doing: what for, to be told by `holder`, for example "a night".
    """
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
        _tell(state, doing)
        yield
    finally:
        _tell(state, "")
        lock.release()


def holder(state: Path) -> str:
    """What the state folder is held for; "" where it is free, or held without a word."""
    try:
        doing = (state / _HOLDER).read_text(encoding="utf-8")
        with state_lock(state):
            return ""
    except LockedError:
        return doing
    except (OSError, MissingError):
        return ""


def _tell(state: Path, doing: str) -> None:
    """A disk without room must not stop anything: then nothing is told."""
    with suppress(OSError):
        if doing:
            (state / _HOLDER).write_text(doing, encoding="utf-8")
        else:
            (state / _HOLDER).unlink(missing_ok=True)
