"""What must not change while hostile genomes run: files, sockets, processes, memory, the market."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from daemon.domain.market.bars import content_hash
from tests.hostile.cases import MARKET

SECRET = "NIGHTSHIFT_SECRET"
_WORD = b"a canary, alive"


@dataclass(frozen=True, slots=True)
class Canaries:
    """A folder and listeners that any process of this machine could reach, were it let."""

    folder: Path
    sockets: tuple[socket.socket, ...]
    name: str
    memory: bytearray

    @property
    def params(self) -> dict[str, Any]:
        """What hostile genomes are told, so that they need not search."""
        return {
            "file": str(self.folder / "file"),
            "fresh": str(self.folder / "fresh"),
            "folder": str(self.folder),
            "path": str(self.folder / "socket"),
            "port": self.sockets[0].getsockname()[1],
            "name": self.name,
            "daemon": os.getpid(),
        }

    def seen(self) -> dict[str, Any]:
        """Everything that must be the same afterwards."""
        file = (self.folder / "file").stat()
        return {
            "files": sorted(os.listdir(self.folder)),
            "text": (self.folder / "file").read_bytes(),
            "file": (file.st_mode, file.st_mtime_ns, file.st_nlink, file.st_uid),
            "attributes": os.listxattr(self.folder / "file"),
            "shared memory": [n for n in _listed("/dev/shm") if n.startswith("nightshift")],
            "calls": [_called(each) for each in self.sockets],
            "memory": bytes(self.memory),
            "market": content_hash(MARKET),
            "descriptors": _listed("/proc/self/fd"),
            "children": [child.pid for child in psutil.Process().children(recursive=True)],
            "handlers": [signal.getsignal(n) for n in sorted(signal.valid_signals())],
            "priority": os.getpriority(os.PRIO_PROCESS, 0),
        }

    def renew(self) -> None:
        """Puts the file and the folder right again, where a guard was taken away on purpose."""
        for left in self.folder.iterdir():
            if left.name not in ("file", "socket"):
                left.rmdir() if left.is_dir() and not left.is_symlink() else left.unlink()
        _write(self.folder / "file")


@contextlib.contextmanager
def canaries() -> Iterator[Canaries]:
    """Canaries in a folder that everybody may reach and write to."""
    name = f"nightshift-hostile-{os.getpid()}"
    with contextlib.ExitStack() as open_sockets:
        folder = Path(open_sockets.enter_context(tempfile.TemporaryDirectory(prefix="nightshift-")))
        folder.chmod(0o777)
        _write(folder / "file")
        tcp, path, abstract = (
            open_sockets.enter_context(socket.socket(family))
            for family in (socket.AF_INET, socket.AF_UNIX, socket.AF_UNIX)
        )
        udp = open_sockets.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        tcp.bind(("127.0.0.1", 0))
        udp.bind(tcp.getsockname())
        path.bind(str(folder / "socket"))
        abstract.bind(chr(0) + name)
        (folder / "socket").chmod(0o777)
        for listener in (tcp, path, abstract):
            listener.listen()
            listener.setblocking(False)
        udp.setblocking(False)
        yield Canaries(folder, (tcp, udp, path, abstract), name, bytearray(_WORD))


def _write(file: Path) -> None:
    file.write_bytes(_WORD)
    file.chmod(0o666)


def _called(listener: socket.socket) -> str:
    """Who called, if anybody did."""
    try:
        if listener.type == socket.SOCK_DGRAM:
            return str(listener.recvfrom(100))
        caller, address = listener.accept()
    except BlockingIOError:
        return ""
    caller.close()
    return f"called by {address}"


def _listed(folder: str) -> list[str]:
    return sorted(os.listdir(folder)) if Path(folder).exists() else []
