"""Tradovate's access token: asked for once, kept, and renewed before it ends.

A renewal keeps the vendor's session, another request opens one more and may end an older one:
so the token of a process is shared by all its threads, and asked for anew only where a renewal
is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from daemon.errors import AccessError, MissingError, TransientError
from daemon.plugin import Secret
from daemon.plugin.host import Clock
from daemon.plugin.retry import TryAgain, Waiting
from daemon.plugin.web import Declined, Manners, Web
from plugins.tradovate.penalty import with_tickets

TOKEN_NAME: Final = "TRADOVATE_ACCESS_TOKEN"
LOGIN_NAMES: Final = {
    "name": "TRADOVATE_USERNAME",
    "password": "TRADOVATE_PASSWORD",
    "cid": "TRADOVATE_CLIENT_ID",
    "sec": "TRADOVATE_CLIENT_SECRET",
}
RENEWAL: Final = timedelta(minutes=15)
_OWNED: Final = f"{', '.join(LOGIN_NAMES.values())}, or {TOKEN_NAME},"


@dataclass(frozen=True, slots=True)
class Token:
    """access: opens the service; market_data: opens charts; both end at `ends`."""

    access: Secret
    market_data: Secret
    ends: datetime


class Tokens:
    """The token of this process; may be asked for from threads."""

    def __init__(
        self,
        url: str,
        secrets: Mapping[str, Secret],
        device: Mapping[str, str],
        clock: Clock,
        manners: Manners,
    ) -> None:
        """device: appId, appVersion and deviceId as the vendor knows them."""
        self._secrets, self._device, self._clock = secrets, device, clock
        self._waiting: Waiting = manners.waiting
        self._token: Token | None = None
        self._refused = False
        self._lock = Lock()
        self._web = Web("tradovate", url, self._headers, manners)

    def check_secrets(self) -> None:
        """MissingError where the owner has named neither a login nor a token."""
        if TOKEN_NAME not in self._secrets and not self._login():
            raise MissingError(
                f"tradovate: no login; set {_OWNED} in the environment or in a .env of mode 0600"
            )

    def current(self) -> Token:
        """A token that is good for some minutes more.

        AccessError where login or token are refused, TransientError where asking later may help.
        """
        self.check_secrets()
        with self._lock:
            if self._token is None or self._clock.now() >= self._token.ends - RENEWAL:
                self._token = self._new()
            return self._token

    def refused(self, token: Token) -> None:
        """A socket did not take this token: the next one is asked for. AccessError the 2nd time."""
        with self._lock:
            if self._token is not token:
                return  # another thread was faster
            if self._refused:
                raise AccessError(f"tradovate refuses its own token for charts; {_remedy()}")
            self._token, self._refused = None, True

    def taken(self) -> None:
        """A socket took the token."""
        self._refused = False

    def _new(self) -> Token:
        """A renewed or a new token; the old one where the service is away and it is good still."""
        try:
            return self._renewed() or self._asked()
        except TryAgain as error:
            if self._token is not None and self._clock.now() < self._token.ends:
                return self._token
            raise TransientError(str(error)) from error  # its tries are used up

    def _renewed(self) -> Token | None:
        if self._bearer() is None:
            return None
        try:
            answer = self._web.get("/auth/renewaccesstoken")
        except Declined:
            return None
        return self._read(answer)

    def _asked(self) -> Token:
        login = self._login()
        if not login:
            raise AccessError(f"tradovate refuses the token; {_remedy()}")

        def ask(body: Mapping[str, Any]) -> Any:
            try:
                return self._web.post("/auth/accesstokenrequest", body)
            except Declined as refusal:
                raise AccessError(
                    f"tradovate refuses the login (status {refusal.status}); {_remedy()}"
                ) from refusal

        answer = with_tickets(ask, {**login, **self._device}, self._waiting)
        token = self._read(answer)
        if token is None:
            said = self._without_secrets(str(answer.get("errorText", "")))
            raise AccessError(f'tradovate refuses the login ("{said}"); {_remedy()}')
        return token

    def _read(self, answer: Any) -> Token | None:
        """The token of an answer, None where it says in words that there is none."""
        if isinstance(answer, dict) and answer.get("errorText"):
            return None
        try:
            access = str(answer["accessToken"])
            return Token(
                Secret(access),
                Secret(str(answer.get("mdAccessToken") or access)),
                _instant(answer["expirationTime"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise TryAgain(
                "tradovate: expected a token with its end, found an answer without; try again later"
            ) from error

    def _login(self) -> dict[str, str]:
        if not all(name in self._secrets for name in LOGIN_NAMES.values()):
            return {}
        return {field: self._secrets[name].reveal() for field, name in LOGIN_NAMES.items()}

    def _bearer(self) -> Secret | None:
        if self._token is not None:
            return self._token.access
        return None if self._refused else self._secrets.get(TOKEN_NAME)

    def _headers(self) -> Mapping[str, str]:
        bearer = self._bearer()
        return {} if bearer is None else {"Authorization": f"Bearer {bearer.reveal()}"}

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets.values():
            text = text.replace(secret.reveal(), "***")
        return "".join(c if c.isprintable() else " " for c in text)[:120]


def _remedy() -> str:
    return f"set {_OWNED} to one that may read market data"


def _instant(text: Any) -> datetime:
    then = datetime.fromisoformat(text)
    if then.tzinfo is None:
        raise ValueError(text)
    return then
