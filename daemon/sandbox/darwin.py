"""The second level, for macOS: Seatbelt around a zygote, and a watch over its children's memory.

Seatbelt's profile is put on by `sandbox-exec` when the zygote is started, and its children inherit
it: they read the interpreter and its libraries, write to the null device, and reach no network.
macOS keeps no limit of address space, so that the daemon looks at a child's memory every 50 ms.
Written after Apple's sandbox(7) and the profiles that ship with the system; `sandbox-exec` is
marked deprecated there and is used nevertheless, for want of anything else that is public.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil

from daemon.sandbox.layers import PLATFORM

_TOOL: Final = "/usr/bin/sandbox-exec"
_SYSTEM: Final = (
    "/usr/lib",
    "/System",
    "/Library/Frameworks",
    "/private/var/db/dyld",
    "/usr/share",
)
_LIBRARIES: Final = ("stdlib", "platstdlib", "purelib", "platlib")
_EVERY_S: Final = 0.05
_RULES: Final = """(version 1)
(deny default)
(allow process-fork)
(allow process-exec {interpreters})
(allow signal (target same-sandbox))
(allow sysctl-read)
(allow file-read-metadata)
(allow file-read-data (literal "/") (literal "/dev/null") (literal "/dev/urandom"))
(allow file-read-data file-map-executable {folders})
(allow file-write-data (literal "/dev/null"))
"""


def launcher(package: Path) -> list[str]:
    """What stands before a zygote's command line; nothing where the tool is not there.

    package: folder of the daemon's own modules.
    """
    if PLATFORM != "darwin" or not os.access(_TOOL, os.X_OK):
        return []
    return [_TOOL, "-p", profile(package)]


def profile(package: Path) -> str:
    """The rules: what a zygote has to read to come up, and nothing of the owner's."""
    libraries = {sysconfig.get_path(name) for name in _LIBRARIES}
    folders_read = (*libraries, sys.base_prefix, str(package))
    roots = {str(Path(path).resolve()) for path in folders_read}
    folders = sorted({*roots, *libraries, *_SYSTEM})
    interpreters = sorted({sys.executable, str(Path(sys.executable).resolve())})
    return _RULES.format(
        interpreters=" ".join(f"(literal {_quoted(path)})" for path in interpreters),
        folders=" ".join(f"(subpath {_quoted(path)})" for path in folders),
    )


class MemoryWatch:
    """Kills a child that grows by more than it may; `over` says whether it had to."""

    def __init__(self, pid: int, most_bytes: int, kill: Callable[[], None]) -> None:
        self.over = False
        self._most = most_bytes
        self._kill = kill
        self._process = psutil.Process(pid)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the watch; the child has ended, or will be killed by somebody else."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        try:
            most = self._process.memory_info().rss + self._most
            while not self._ended.wait(_EVERY_S):
                if self._process.memory_info().rss > most:
                    self.over = True
                    self._kill()
                    return
        except psutil.Error:
            return


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
