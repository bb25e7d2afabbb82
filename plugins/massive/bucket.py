"""The bucket of flat files: what is listed, and one file's bytes from a place on.

Every answer becomes rows of a listing, bytes, or an error that says what to do next: `TryAgain`
where another try may succeed (too many requests, a fault of the server, a connection that broke),
`Replaced` where the file is no longer the one listed, `AccessError` for refused keys, and
`MissingError` for what is not there or not in the plan.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any, Final

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ResponseStreamingError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from daemon.errors import AccessError, MissingError
from daemon.plugin.flatfiles.layout import PREFIXES, day_of
from daemon.plugin.retry import RetryPolicy, TryAgain, Waiting, retried, retry_after_s
from plugins.massive.listing import Listed, NotInPlan, NotPublished, Replaced
from plugins.massive.settings import Key

PIECE: Final = 1 << 16
_BROKEN_OFF: Final = (
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ResponseStreamingError,
    ResponseParserError,
    HTTPError,  # botocore lets it through while it reads the body of a refusal
)
_BUSY: Final = frozenset({408, 429, 500, 502, 503, 504})
_GONE_ON: Final = frozenset({412, 416})


@dataclass(frozen=True, slots=True)
class Answered:
    """The bytes of a file from a place on. length: how many the server says will come."""

    etag: str
    length: int
    pieces: Generator[bytes]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bucket is, with which keys, and how long to wait for a byte."""

    endpoint: str
    bucket: str
    region: str
    key_id: Key
    secret_key: Key
    timeout_s: float
    connections: int


class Bucket:
    """Reads the vendor's bucket; safe to use from several threads."""

    def __init__(
        self, place: Place, policy: RetryPolicy, waiting: Waiting, now: Callable[[], datetime]
    ) -> None:
        self._place = place
        self._policy = policy
        self._waiting = waiting
        self._now = now
        self._client = _client(place)

    def listed(self, kind: str, first: date | None, last: date | None) -> list[Listed]:
        """The day files of a kind between two days, both included, oldest first."""
        found = [
            file
            for prefix in _prefixes(kind, first, last or self._now().date())
            for file in self._under(prefix)
        ]
        return sorted(
            (f for f in found if (first or f.day) <= f.day <= (last or f.day)), key=lambda f: f.day
        )

    def looked_up(self, file: Listed) -> Listed:
        """The same file as it is now."""
        answer = self._asked(file.key, lambda: self._client.head_object(**self._object(file.key)))
        return Listed(file.key, file.day, answer["ContentLength"], _etag(answer))

    def opened(self, file: Listed, start: int) -> Answered:
        """The file from byte `start` on, one try. Replaced where it is no longer the one listed."""
        wanted = {**self._object(file.key), "IfMatch": f'"{file.etag}"'}
        if start:
            wanted["Range"] = f"bytes={start}-"
        answer = self._once(file.key, lambda: self._client.get_object(**wanted))
        pieces = self._pieces(file.key, answer["Body"])
        return Answered(_etag(answer), answer["ContentLength"], pieces)

    def _under(self, prefix: str) -> list[Listed]:
        found: list[Listed] = []
        wanted = {"Bucket": self._place.bucket, "Prefix": prefix}
        while True:
            page = self._asked(prefix, partial(self._client.list_objects_v2, **wanted))
            for item in page.get("Contents", ()):
                day = day_of(item["Key"])
                if day is not None:
                    found.append(Listed(item["Key"], day, item["Size"], item["ETag"].strip('"')))
            if not page.get("IsTruncated"):
                return found
            wanted["ContinuationToken"] = page["NextContinuationToken"]

    def _asked(self, what: str, call: Callable[[], Any]) -> Any:
        return retried(lambda: self._once(what, call), self._policy, self._waiting)

    def _once(self, what: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except ClientError as error:
            raise self._meant(what, error) from error
        except _BROKEN_OFF as error:
            raise _broken_off(what, error) from error

    def _pieces(self, key: str, body: Any) -> Generator[bytes]:
        try:
            while piece := body.read(PIECE):
                yield piece
        except _BROKEN_OFF as error:
            raise _broken_off(key, error) from error
        finally:
            body.close()

    def _object(self, key: str) -> dict[str, str]:
        return {"Bucket": self._place.bucket, "Key": key}

    def _meant(self, what: str, error: ClientError) -> Exception:
        reply: Any = error.response
        status = int(reply["ResponseMetadata"].get("HTTPStatusCode", 0))
        code = str(reply["Error"].get("Code", ""))
        place = self._place
        if status in _BUSY or code == "SlowDown":
            header = reply["ResponseMetadata"].get("HTTPHeaders", {}).get("retry-after")
            after = retry_after_s(header, self._now())
            return TryAgain(
                f"massive: {what}: the flat files answered {status} {code}".rstrip()
                + "; try again later",
                after,
            )
        if status in _GONE_ON:
            return Replaced(f"massive: {what} was replaced while it was fetched; ingest again")
        if code == "NoSuchBucket":
            return MissingError(
                f"massive: {place.endpoint} has no bucket {place.bucket}; mend massive.bucket"
            )
        if status == 404:
            return NotPublished(
                f"massive: {what} is not published, or not yet; a day's files are complete by "
                "about 11:00 New York time of the next day, ingest again then"
            )
        return _refused(what, status, code, place)


def _refused(what: str, status: int, code: str, place: Place) -> AccessError | MissingError:
    if code == "InvalidAccessKeyId":
        return AccessError(
            f"massive: the flat files do not know the key in {place.key_id.name} ({code}); put the "
            "S3 access key id of the vendor's dashboard there, which is not the REST key"
        )
    if code in ("SignatureDoesNotMatch", "InvalidSignature"):
        return AccessError(
            f"massive: the flat files refuse the secret in {place.secret_key.name} ({code}); put "
            f"the S3 secret that belongs to {place.key_id.name} there"
        )
    if code == "RequestTimeTooSkewed":
        return AccessError(
            "massive: the flat files refuse requests of this machine's clock; set the clock right"
        )
    if status == 403:
        return NotInPlan(
            f"massive: {what} is not in the plan (403); choose other kinds or dates, or a larger "
            "plan"
        )
    return MissingError(
        f"massive: {what}: expected an answer, found {status} {code} of the flat files; check "
        "massive.endpoint and massive.bucket"
    )


def _broken_off(what: str, error: Exception) -> TryAgain:
    return TryAgain(
        f"massive: {what}: the flat files broke off ({type(error).__name__}); try again later"
    )


def _etag(answer: Any) -> str:
    return str(answer["ETag"]).strip('"')


def _prefixes(kind: str, first: date | None, last: date) -> list[str]:
    """The narrowest folders that hold all days: one month, or some years, or all."""
    root = PREFIXES[kind]
    if first is None:
        return [f"{root}/"]
    if (first.year, first.month) == (last.year, last.month):
        return [f"{root}/{first:%Y/%m}/"]
    return [f"{root}/{year:04d}/" for year in range(first.year, last.year + 1)]


def _client(place: Place) -> Any:
    """A client that never retries by itself and waits no longer than it was told."""
    return _session().client(
        "s3",
        region_name=place.region,
        endpoint_url=place.endpoint,
        aws_access_key_id=place.key_id.secret.reveal(),
        aws_secret_access_key=place.secret_key.secret.reveal(),
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"total_max_attempts": 1},
            connect_timeout=place.timeout_s,
            read_timeout=place.timeout_s,
            max_pool_connections=place.connections,
        ),
    )


@cache
def _session() -> Any:
    """Descriptions of services, slow to read; nothing of the machine's own AWS files."""
    nothing = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    return boto3.session.Session(botocore_session=botocore.session.Session(nothing))
