"""Lines of an HTTP client that keep to the deadline of a whole call.

The client by itself bounds each of its waits only, so that headers which come one by one would
have no end. Here every wait for the network is cut to what is left of the call.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from daemon.plugin.deadline import Deadline


class BoundedBackend(httpcore.NetworkBackend):
    """Opens lines that keep to a deadline."""

    def __init__(self, inner: httpcore.NetworkBackend, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A line to a port."""
        timeout = self._deadline.cut(timeout, httpcore.ConnectTimeout)
        line = self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return _BoundedLine(line, self._deadline)


class _BoundedLine(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.cut(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.cut(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        timeout = self._deadline.cut(timeout, httpcore.ConnectTimeout)
        line = self._inner.start_tls(ssl_context, server_hostname, timeout)
        return _BoundedLine(line, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def bound(client: Any, deadline: Deadline) -> None:
    """Makes all lines of an `httpx.Client` keep to the deadline, those through proxies as well.

    The client has no setting for this, so it is set where the client keeps its pools.
    """
    for transport in (client._transport, *client._mounts.values()):
        if transport is not None:  # hosts that no proxy is used for
            pool = transport._pool
            pool._network_backend = BoundedBackend(pool._network_backend, deadline)
