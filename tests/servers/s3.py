"""The vendor's bucket: moto behind a proxy that can fail; a bucket of its own for each test."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.server import ThreadedMotoServer

from tests.servers.faults import Answer, Asked, FaultyServer

CONFIG = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    region_name="us-east-1",
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date"})


@dataclass(frozen=True)
class Store:
    """A bucket. proxy: fails as it is told; url: the proxy's; direct: moto's own."""

    proxy: FaultyServer
    direct: str
    bucket: str

    @property
    def url(self) -> str:
        return self.proxy.url

    @cached_property
    def client(self) -> Any:
        """The official client, past the proxy."""
        return boto3.client(
            "s3",
            endpoint_url=self.direct,
            aws_access_key_id="tests",
            aws_secret_access_key="tests",
            config=CONFIG,
        )

    def put(self, files: Mapping[str, bytes]) -> None:
        """Stores files, in place of those that have their keys; not over the net, which is slow."""
        for key, content in files.items():
            _backend().put_object(self.bucket, key, content)


@cache
def moto() -> str:
    """The address of a moto that runs until the tests are over."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


@contextmanager
def store(bucket: str) -> Iterator[Store]:
    """A bucket on moto, for as long as the context lasts."""
    with FaultyServer(_Forward(moto())) as proxy:
        _backend().create_bucket(bucket, CONFIG.region_name)
        made = Store(proxy, moto(), bucket)
        try:
            yield made
        finally:
            if "client" in made.__dict__:
                made.client.close()
            _backend().buckets[bucket].keys.clear()
            _backend().delete_bucket(bucket)


def _backend() -> Any:
    """What moto's answers come from, in this very process."""
    return get_backend("s3")[DEFAULT_ACCOUNT_ID]["aws"]


@dataclass(frozen=True)
class _Forward:
    """Asks moto what the proxy was asked."""

    direct: str

    def __call__(self, asked: Asked) -> Answer:
        connection = HTTPConnection(urlsplit(self.direct).netloc, timeout=30)
        try:
            kept = {k: v for k, v in asked.headers.items() if k not in _HOP}
            connection.request(asked.method, asked.target, asked.body or None, kept)
            reply = connection.getresponse()
            body = reply.read()
            headers = {k: v for k, v in reply.getheaders() if k.lower() not in _HOP}
            if asked.method == "HEAD":
                headers["Content-Length"] = reply.getheader("Content-Length") or "0"
            return Answer(reply.status, headers, body)
        finally:
            connection.close()
