"""What a confined process must not be able to do: one attempt each, tried to prove its level.

Each is harmless where it succeeds, and then returns; OSError says that it was refused, and a
filter kills the process instead. `parent` is the process that forked this one.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from daemon.sandbox import kernel, landlock
from daemon.sandbox.layers import PLATFORM, Layer

_MPTCP: Final = 262
_PTRACE_SEIZE: Final = 0x4206
_NEW_USER: Final = 0x10000000
_URING_SETUP: Final = 425
_READ_WRITE_EXECUTE: Final = 7
_PAGE: Final = 4096
_MEMORY: Final = 1 << 30
ESCAPED: Final = 200
"""Exit code of a program that was started although none may be."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt. alone: layers that have to stop it without the help of the others.

    landlock_abi: the least at which Landlock can. everywhere: also of a level without Linux.
    """

    name: str
    act: Callable[[int], object]
    alone: tuple[Layer, ...] = ()
    landlock_abi: int = 1
    everywhere: bool = False


def _open_file(parent: int) -> None:
    os.close(os.open("/etc/passwd", os.O_RDONLY))


def _make_file(parent: int) -> None:
    path = f"/tmp/nightshift-proof-{os.getpid()}"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    os.unlink(path)


def _read_parent(parent: int) -> None:
    os.close(os.open(f"/proc/{parent}/environ", os.O_RDONLY))


def _socket(family: int, kind: int, protocol: int = 0) -> Callable[[int], None]:
    def make(parent: int) -> None:
        socket.socket(family, kind, protocol).close()

    return make


def _listen(parent: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))


def _fork(parent: int) -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _thread(parent: int) -> None:
    thread = threading.Thread(target=int)
    try:
        thread.start()
    except RuntimeError as error:  # Python's word for a clone that failed
        raise OSError(errno.EAGAIN, str(error)) from error
    thread.join()


def _start_program(parent: int) -> None:
    os.execv("/bin/sh", ["sh", "-c", f"exit {ESCAPED}"])


def _map_code(parent: int) -> None:
    mmap.mmap(-1, _PAGE, prot=_READ_WRITE_EXECUTE).close()


def _make_code(parent: int) -> None:
    """Turns memory that is there into code."""
    page = mmap.mmap(-1, _PAGE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    done = ctypes.CDLL(None, use_errno=True).mprotect(
        ctypes.c_void_p(address), ctypes.c_size_t(_PAGE), _READ_WRITE_EXECUTE
    )
    if done:
        raise OSError(ctypes.get_errno(), "mprotect failed")


def _signal_parent(parent: int) -> None:
    os.kill(parent, 0)


def _trace_parent(parent: int) -> None:
    done = ctypes.CDLL(None, use_errno=True).ptrace(_PTRACE_SEIZE, parent, None, None)
    if done:
        raise OSError(ctypes.get_errno(), "ptrace failed")


def _new_namespace(parent: int) -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_USER):
        raise OSError(ctypes.get_errno(), "unshare failed")


def _ring(parent: int) -> None:
    page = ctypes.create_string_buffer(120)
    os.close(kernel.syscall(_URING_SETUP, 1, ctypes.addressof(page)))


def _allocate(parent: int) -> None:
    try:
        bytes(_MEMORY)
    except MemoryError as error:
        raise OSError(errno.ENOMEM, "no memory") from error


_LIMITS: Final = (Layer.LIMITS,)
_LANDLOCK: Final = (Layer.LANDLOCK,)
_STREAM: Final = socket.SOCK_STREAM
ATTEMPTS: Final = (
    Attempt("read a file", _open_file, _LIMITS + _LANDLOCK, everywhere=True),
    Attempt("make a file", _make_file, _LANDLOCK, everywhere=True),
    Attempt("read the parent's environment", _read_parent),
    Attempt("make a TCP socket", _socket(socket.AF_INET, _STREAM), everywhere=True),
    Attempt("make a UDP socket", _socket(socket.AF_INET, socket.SOCK_DGRAM), everywhere=True),
    Attempt("make a Unix socket", _socket(socket.AF_UNIX, _STREAM), everywhere=True),
    Attempt("make an MPTCP socket", _socket(socket.AF_INET, _STREAM, _MPTCP)),
    Attempt("listen on a TCP port", _listen, _LANDLOCK, landlock.NETWORK_ABI),
    Attempt("fork", _fork, everywhere=True),
    Attempt("start a thread", _thread),
    Attempt("start a program", _start_program, _LANDLOCK, everywhere=True),
    Attempt("map executable memory", _map_code),
    Attempt("make memory executable", _make_code),
    Attempt("signal the parent", _signal_parent, _LANDLOCK, landlock.SCOPE_ABI),
    Attempt("trace the parent", _trace_parent),
    Attempt("make a user namespace", _new_namespace),
    Attempt("set up an io_uring", _ring),
)
"""In the order in which they are told."""

TOO_MUCH_MEMORY: Final = Attempt("allocate a gigabyte", _allocate, _LIMITS)


def attempts_here() -> tuple[Attempt, ...]:
    """Those that this system must refuse: on Linux all, elsewhere what has a meaning there."""
    if PLATFORM == "linux":
        return (*ATTEMPTS, TOO_MUCH_MEMORY)
    return tuple(attempt for attempt in ATTEMPTS if attempt.everywhere)
