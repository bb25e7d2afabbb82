"""Tradovate's demo service on loopback: tokens by REST, charts by its socket (§5).

`TradovateServer` is the answering function of a `FaultyServer` for the REST half, and opens the
socket while it is a context. `faults` are used up one by one, each by one chart request:

cut, stall, garbage, close, endless (heartbeats only), busy (429), down (503), forbidden (403),
echo (a refusal that repeats the token), goodbye (a close that does),
ticket (a penalty first), captcha, shuffle, repeat, grow (bars sent again as they grow), early
(events before the answer), slow (a pause before each packet), other (packets of another chart).
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from tests.servers.faults import Answer, Asked, json_answer

LOGIN = {
    "name": "canary-name-3b1f",
    "password": "canary-password-77aa",
    "cid": "canary-cid-0d2e",
    "sec": "canary-sec-c4c4",
}
Packet = Mapping[str, Any]


def bar(opened: str, price: float, volume: int = 10) -> dict[str, Any]:
    """A minute bar as the vendor writes it, a dollar high."""
    prices = {"open": price, "high": price + 1, "low": price - 0.5, "close": price + 0.5}
    ups = {"upVolume": volume, "downVolume": 2, "upTicks": 4, "downTicks": 1}
    return {"timestamp": opened, **prices, **ups, "bidVolume": 5, "offerVolume": 7}


@dataclass
class TradovateServer:
    """bars: by contract, sorted; ticks: packets by contract without `id`, sorted.

    lifetime: of a token; silence_s: how long the socket waits for a client's words.
    """

    bars: dict[str, list[Packet]] = field(default_factory=dict)
    ticks: dict[str, list[Packet]] = field(default_factory=dict)
    now: datetime = datetime(2026, 11, 20, 12, tzinfo=UTC)
    lifetime: timedelta = timedelta(minutes=80)
    faults: list[str] = field(default_factory=list)
    token_faults: list[str] = field(default_factory=list)
    silence_s: float = 5.0
    heartbeat_s: float = 0.05
    per_packet: int = 2
    refuse_tokens: bool = False
    tokens: list[str] = field(default_factory=list)
    requests: list[tuple[str, Any]] = field(default_factory=list)
    connections: int = 0
    beats: int = 0
    dropped: int = 0
    _closing: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _server: Server | None = None

    def __enter__(self) -> TradovateServer:
        self._server = serve(self._talk, "127.0.0.1", 0, ping_interval=None)
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        assert self._server is not None
        self._server.shutdown()

    @property
    def url(self) -> str:
        """Address of the socket."""
        assert self._server is not None
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/v1/websocket"

    def __call__(self, asked: Asked) -> Answer:
        """The REST half: token requests and renewals."""
        if asked.path == "/auth/renewaccesstoken":
            shown = asked.headers.get("authorization", "").removeprefix("Bearer ")
            if shown not in self.tokens:
                return json_answer({"errorText": "Access is denied"}, 401)
            return self._token()
        body = json.loads(asked.body)
        fault = self.token_faults.pop(0) if self.token_faults else ""
        if fault in ("ticket", "captcha"):
            ticket = {"p-ticket": "t-1", "p-time": 7, "p-captcha": fault == "captcha"}
            return json_answer(ticket)
        if any(body.get(name) != value for name, value in LOGIN.items()):
            return json_answer({"errorText": f"Incorrect password {body.get('password')}"})
        return self._token()

    def _token(self) -> Answer:
        with self._lock:
            token = f"canary-token-{len(self.tokens)}"
            self.tokens += [token, f"md-{token}"]
        ends = f"{self.now + self.lifetime:%Y-%m-%dT%H:%M:%S.000Z}"
        document = {"accessToken": token, "mdAccessToken": f"md-{token}", "expirationTime": ends}
        return json_answer({**document, "userId": 1, "userStatus": "Active", "hasLive": False})

    def _talk(self, line: ServerConnection) -> None:
        with self._lock:
            self.connections += 1
        quiet = Event()
        line.send("o")
        beating = Thread(target=self._beat, args=(line, quiet), daemon=True)
        beating.start()
        with suppress(ConnectionClosed):
            self._listen(line, quiet)
        quiet.set()
        beating.join()

    def _beat(self, line: ServerConnection, quiet: Event) -> None:
        with suppress(ConnectionClosed):
            while not quiet.wait(self.heartbeat_s):
                line.send("h")

    def _listen(self, line: ServerConnection, quiet: Event) -> None:
        while True:
            try:
                text = str(line.recv(timeout=self.silence_s))
            except TimeoutError:
                self.dropped += 1
                return
            if text == "[]":
                self.beats += 1
                continue
            endpoint, number, _, body = text.split("\n", 3)
            if endpoint == "authorize":
                good = body in self.tokens and body.startswith("md-") and not self.refuse_tokens
                _send(line, {"s": 200 if good else 401, "i": int(number)})
                continue
            asked = json.loads(body)
            self.requests.append((endpoint, asked))
            if endpoint == "md/getChart":
                self._chart(line, int(number), asked, quiet)
            else:
                _send(line, {"s": 200, "i": int(number), "d": {}})

    def _chart(
        self, line: ServerConnection, number: int, asked: Mapping[str, Any], quiet: Event
    ) -> None:
        fault = self.faults.pop(0) if self.faults else ""
        status = {"busy": 429, "down": 503, "forbidden": 403}.get(fault)
        if fault == "echo":
            _send(line, {"s": 403, "i": number, "d": {"errorText": f"no {self.tokens[-1]}"}})
            return
        if fault == "goodbye":
            line.send(f'c[3000,"{"x" * 70} {self.tokens[-1]}"]')
            return
        if status:
            _send(line, {"s": status, "i": number, "d": "no"})
            return
        if fault in ("ticket", "captcha"):
            ticket = {"p-ticket": "t-2", "p-time": 3, "p-captcha": fault == "captcha"}
            _send(line, {"s": 200, "i": number, "d": ticket})
            return
        found = self._packets(asked)
        if found is None:
            error = {"errorText": "Symbol not found", "errorCode": "UnknownSymbol"}
            _send(line, {"s": 200, "i": number, "d": error})
            return
        answer = {"s": 200, "i": number, "d": {"historicalId": 31, "realtimeId": 32}}
        packets = [{"id": 31, **packet} for packet in _spoilt(found, fault)]
        if fault == "early":
            _send(line, {"e": "chart", "d": {"charts": packets[:1]}}, answer)
            packets = packets[1:]
        else:
            _send(line, answer)
        self._stream(line, packets, fault, quiet)

    def _stream(
        self, line: ServerConnection, packets: list[Packet], fault: str, quiet: Event
    ) -> None:
        half = len(packets) // 2
        for place, packet in enumerate(packets):
            if place == half and fault in ("cut", "stall", "garbage", "close"):
                self._break(line, fault, quiet)
                return
            if fault == "slow":
                self._wait_hearing(line, 0.1)
            if fault == "other":
                _send(line, {"e": "chart", "d": {"charts": [{**packet, "id": 99}]}})
            _send(line, {"e": "chart", "d": {"charts": [packet]}})
        if fault != "endless":
            _send(line, {"e": "chart", "d": {"charts": [{"id": 31, "eoh": True}]}})

    def _break(self, line: ServerConnection, fault: str, quiet: Event) -> None:
        if fault == "cut":
            line.socket.shutdown(2)
        elif fault == "stall":
            quiet.set()
            self._closing.wait(5)
        elif fault == "garbage":
            line.send("x" + repr(random.Random(1).randbytes(20)))
        else:
            line.send('c[3000,"Go away!"]')

    def _wait_hearing(self, line: ServerConnection, seconds: float) -> None:
        """Waits as a server does that hears its clients: those who say nothing are dropped."""
        try:
            text = line.recv(timeout=self.silence_s)
        except TimeoutError:
            self.dropped += 1
            line.close()
            return
        self.beats += text == "[]"
        self._closing.wait(seconds)

    def _packets(self, asked: Mapping[str, Any]) -> list[Packet] | None:
        between = asked["timeRange"]["asFarAsTimestamp"], asked["timeRange"]["closestTimestamp"]
        kind, contract = asked["chartDescription"]["underlyingType"], asked["symbol"]
        if contract not in self.bars and contract not in self.ticks:
            return None
        if kind == "Tick":
            return list(self.ticks.get(contract, []))
        chosen = [
            one
            for one in self.bars.get(contract, [])
            if between[0] <= one["timestamp"] <= between[1]
        ]
        size = self.per_packet
        groups = [chosen[k : k + size] for k in range(0, len(chosen), size)]
        return [{"td": 20260105, "bars": group} for group in groups]


def _spoilt(packets: list[Packet], fault: str) -> list[Packet]:
    if fault == "shuffle":
        return packets[::-1]
    if fault == "repeat":
        return [packet for packet in packets for _ in range(2)]
    if fault == "grow":
        return [{**packet, "bars": _younger(packet)} for packet in packets] + packets
    return packets


def _younger(packet: Packet) -> list[Packet]:
    return [{**one, "upVolume": 1, "close": one["open"]} for one in packet["bars"]]


def _send(line: ServerConnection, *items: Any) -> None:
    line.send("a" + json.dumps(list(items)))
