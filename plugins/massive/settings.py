"""What an owner may choose about Massive, and the keys that the environment holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field

from daemon.errors import MissingError
from daemon.plugin import Secret

KEY_IDS: Final = ("MASSIVE_AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID")
SECRET_KEYS: Final = ("MASSIVE_AWS_SECRET_KEY", "AWS_SECRET_ACCESS_KEY")
API_KEYS: Final = ("MASSIVE_API_KEY", "POLYGON_API_KEY")
VARIABLES: Final = {
    "MASSIVE_S3_ENDPOINT": "endpoint",
    "MASSIVE_ENDPOINT": "endpoint",
    "MASSIVE_S3_BUCKET": "bucket",
    "MASSIVE_BUCKET": "bucket",
    "MASSIVE_S3_REGION": "region",
    "MASSIVE_REST_URL": "rest_url",
}
"""Variables of the environment for keys that daemon.toml leaves at their defaults."""


class MassiveSettings(BaseModel):
    """The table [massive] of daemon.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    endpoint: str = Field(
        "https://files.massive.com",
        pattern="^https?://",
        description="Address of the flat files; MASSIVE_S3_ENDPOINT if not set. Their keys are "
        "MASSIVE_AWS_ACCESS_KEY and MASSIVE_AWS_SECRET_KEY.",
    )
    bucket: str = Field(
        "flatfiles", description="Bucket of the flat files; MASSIVE_S3_BUCKET if not set."
    )
    region: str = Field(
        "us-east-1", description="Region that requests are signed for; MASSIVE_S3_REGION if not set"
    )
    rest_url: str = Field(
        "https://api.massive.com",
        pattern="^https?://",
        description="Address of the REST interface; MASSIVE_REST_URL if not set. Its key is "
        "MASSIVE_API_KEY.",
    )
    rest_per_minute: float = Field(
        0.0, ge=0, description="Most REST calls a minute (0: no limit; the plan Basic allows 5)."
    )
    rest_days: int = Field(
        7, ge=0, description="Days back that REST is asked for when no first day was named."
    )
    downloads: int = Field(4, ge=1, le=16, description="Flat files fetched at a time.")
    keep_files: bool = Field(
        False, description="Keep downloaded flat files in the state folder once they were read."
    )
    timeout_s: float = Field(
        30.0, gt=0, description="Seconds without a byte after which a call is given up."
    )
    attempts: int = Field(5, ge=1, description="Tries of a call before it counts as failed.")

    def with_variables(self, variables: Mapping[str, str]) -> Self:
        """The settings with the environment's values where daemon.toml has none."""
        written = self.model_dump(exclude_unset=True)
        named = {VARIABLES[n]: variables[n] for n in reversed(VARIABLES) if variables.get(n)}
        return self.model_validate({**named, **written})


@dataclass(frozen=True, slots=True)
class Key:
    """A secret and the name under which the owner keeps it."""

    name: str
    secret: Secret


def key_among(secrets: Mapping[str, Secret], names: tuple[str, ...], what: str) -> Key:
    """The first of the named secrets that is there. MissingError names them."""
    for name in names:
        if name in secrets:
            return Key(name, secrets[name])
    raise MissingError(
        f"massive: {what} need a key, expected {' or '.join(names)} in the environment or the .env "
        "beside daemon.toml, found none; put it there"
    )
