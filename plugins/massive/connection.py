"""The two services of the vendor, opened when they are first needed, with the keys that exist."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.errors import MissingError
from daemon.plugin import Secret
from daemon.plugin.host import Clock
from daemon.plugin.retry import RetryPolicy, Waiting
from daemon.plugin.web import Limits, Manners
from plugins.massive.ahead import Ahead
from plugins.massive.download import Downloader, sweep
from plugins.massive.rest import Rest
from plugins.massive.settings import API_KEYS, KEY_IDS, SECRET_KEYS, MassiveSettings, key_among

if TYPE_CHECKING:
    from plugins.massive.bucket import Bucket


class Connection:
    """The bucket, the files downloaded from it, and the REST interface."""

    def __init__(
        self,
        settings: MassiveSettings,
        secrets: Mapping[str, Secret],
        folder: Path,
        clock: Clock,
        waiting: Waiting | None = None,
    ) -> None:
        self.settings = settings
        self._secrets = secrets
        self._folder = folder
        self._clock = clock
        self._waiting = waiting or Waiting()
        self.policy = RetryPolicy(attempts=settings.attempts)
        self._cleared = False

    @property
    def has_files(self) -> bool:
        """True if there is any key of the flat files."""
        return any(name in self._secrets for name in (*KEY_IDS, *SECRET_KEYS))

    @property
    def has_rest(self) -> bool:
        """True if there is a key of the REST interface."""
        return any(name in self._secrets for name in API_KEYS)

    def expect_a_key(self) -> None:
        """MissingError where there is none of either."""
        if not self.has_files and not self.has_rest:
            raise MissingError(
                f"massive: no key; set {KEY_IDS[0]} and {SECRET_KEYS[0]} for flat files, "
                f"{API_KEYS[0]} for REST, in the environment or in a .env of mode 0600"
            )

    def clear_leftovers(self) -> None:
        """Removes, once, what a killed ingestion left; to be called by one that holds the lake."""
        if not self._cleared:
            sweep(self._folder)
            self._cleared = True

    @cached_property
    def bucket(self) -> Bucket:
        """The flat files. MissingError where one of their keys is not there."""
        from plugins.massive.bucket import Bucket, Place  # boto3: a tenth of a second

        place = Place(
            endpoint=self.settings.endpoint,
            bucket=self.settings.bucket,
            region=self.settings.region,
            key_id=key_among(self._secrets, KEY_IDS, "flat files"),
            secret_key=key_among(self._secrets, SECRET_KEYS, "flat files"),
            timeout_s=self.settings.timeout_s,
            connections=self.settings.downloads + 4,
        )
        return Bucket(place, self.policy, self._waiting, self._clock.now)

    @cached_property
    def files(self) -> Ahead:
        """The flat files on the disk."""
        keep = self.settings.keep_files
        downloader = Downloader(self.bucket, self._folder, keep, self.policy, self._waiting)
        return Ahead(downloader.fetch, self.settings.downloads)

    @cached_property
    def rest(self) -> Rest:
        """The REST interface. MissingError where its key is not there."""
        key = key_among(self._secrets, API_KEYS, "REST calls")
        limits = Limits(silence_s=self.settings.timeout_s)
        manners = Manners(self.policy, self._waiting, limits)
        return Rest(self.settings.rest_url, key, manners, self.settings.rest_per_minute)
