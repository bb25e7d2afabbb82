"""The swarm in the cloud: mutations as batches of calls of a language model.

Every call is entered in the books before it is sent and settled from what came back, so that a
crash anywhere repeats nothing and pays for nothing twice:

1. `_send` enters calls as far as the budget goes, sends them as one batch, notes its handle.
2. `_fetch` settles the results of a batch that has ended; what it is silent about is lost.
3. `_reunite` looks for the batch of calls that have no handle, because the daemon died or no
   answer came while they were sent, among the account's batches; only those without one are sent
   again.

While the service asks for patience nothing is sent. Without key, budget or service the requests
are answered with the reason, and everything else of a night goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from loguru import logger

from daemon.domain.evolution.calls import DOLLAR, Call, CallState, Cap, Entry, Settlement
from daemon.domain.evolution.records import Effects, Event, Mutation
from daemon.plugin.host import Host
from daemon.plugin.roles import Answer
from daemon.plugin.threads import in_thread
from plugins.anthropic_swarm import prompt
from plugins.anthropic_swarm.answers import answered, is_final, lost, settled
from plugins.anthropic_swarm.patience import Kind, Patience
from plugins.anthropic_swarm.portraits import Known
from plugins.anthropic_swarm.requests import body, call_for, common_hash
from plugins.anthropic_swarm.service import Batch, Service, SetbackError
from plugins.anthropic_swarm.settings import AnthropicSettings

NAME: Final = "anthropic"
KEY: Final = "ANTHROPIC_API_KEY"
SLACK: Final = timedelta(minutes=10)
"""How far the service's clock may be behind ours."""

Entries = Mapping[str, Sequence[Entry]]


class AnthropicSwarm:
    """Writes children through Anthropic's Message Batches."""

    name = NAME
    operators = prompt.OPERATORS

    def __init__(self, settings: AnthropicSettings, host: Host) -> None:
        self._settings, self._host, self._books = settings, host, host.books
        self._patience = Patience(host.clock.monotonic)
        self._polled: dict[str, float] = {}
        key = host.secrets.get(KEY)
        self._service = Service(settings.base_url, key) if key else None

    def unready(self) -> str:
        """Why it cannot be asked for long, in a sentence; '' where it can."""
        if self._service is None:
            return f"it has no key; expected {KEY} in the environment or in .env"
        return self._patience.stopped

    def cost(self, mutations: Sequence[Mutation]) -> float:
        """Dollars that these requests cost at most."""
        known = self._known(mutations)
        return sum(self._call(m, known, 1).reserved for m in mutations) / DOLLAR

    async def submit(self, mutations: Sequence[Mutation]) -> str:
        """Sends what the budget allows. What fails is sent when answers are collected."""
        if self._service is None or self._patience.waits:
            return ""
        return await self._send(self._service, mutations, {})

    async def collect(self, mutations: Sequence[Mutation]) -> Sequence[Answer]:
        """The answers that are there, and the reasons why there will be none."""
        if self._service is not None and not self._patience.waits:
            await self._advance(self._service, mutations)
        entries = await in_thread(self._books.entries, [m.id for m in mutations])
        return [told for m in mutations if (told := self._told(m, entries.get(m.id, ())))]

    async def cancel(self, mutations: Sequence[Mutation]) -> None:
        """Calls off the batches of these requests that are under way."""
        entries = await in_thread(self._books.entries, [m.id for m in mutations])
        handles = {e.handle for each in entries.values() for e in each if _is_under_way(e)}
        if self._service is not None:
            for handle in sorted(handles):
                await self._service.cancel(handle)

    async def _advance(self, service: Service, mutations: Sequence[Mutation]) -> None:
        try:
            entries = await in_thread(self._books.entries, [m.id for m in mutations])
            await self._fetch_all(service, entries)
            left = await self._reunite(service, mutations, entries)
            if left:
                await self._send(service, left, entries)
        except SetbackError as error:
            await self._note(error)

    async def _fetch_all(self, service: Service, entries: Entries) -> None:
        """Settles the batches that have ended, each asked for once in a while."""
        under_way: dict[str, list[Entry]] = {}
        for each in entries.values():
            for entry in filter(_is_under_way, each):
                under_way.setdefault(entry.handle, []).append(entry)
        now = self._host.clock.monotonic()
        for handle, mine in under_way.items():
            if now - self._polled.get(handle, float("-inf")) < self._settings.poll_s:
                continue
            self._polled[handle] = now
            if (await service.batch(handle)).ended:
                await self._fetch(service, handle, mine)
            self._patience.well()

    async def _fetch(self, service: Service, handle: str, mine: Sequence[Entry]) -> None:
        seen: dict[str, Settlement] = {}
        async for result in service.results(handle):
            found = settled(result, self._settings.model, self._settings.price)
            seen.setdefault(result.custom_id, found)
        gone = [lost(entry.call.id) for entry in mine if entry.call.id not in seen]
        await in_thread(self._books.settle, [*seen.values(), *gone])

    async def _reunite(
        self, service: Service, mutations: Sequence[Mutation], entries: Entries
    ) -> list[Mutation]:
        """Finds the batches of calls without a handle; the requests that are to be sent now."""
        lonely = {
            entry.call.id: entry for each in entries.values() for entry in each if _is_lonely(entry)
        }
        waiting: set[str] = set()
        if lonely:
            first = min(entry.at for entry in lonely.values()) - SLACK
            waiting = await self._searched(service, lonely, first)
        return [m for m in mutations if self._is_to_be_sent(entries.get(m.id, ()), waiting)]

    async def _searched(
        self, service: Service, lonely: dict[str, Entry], first: datetime
    ) -> set[str]:
        """Ids of calls that are found, or may be in a batch whose results are not there yet."""
        known = await in_thread(self._books.handles, first)
        found: set[str] = set()
        for batch in await service.batches(first):
            if batch.id in known:
                continue
            if not batch.ended:
                return set(lonely)
            mine = [r.custom_id async for r in service.results(batch.id) if r.custom_id in lonely]
            if mine:
                await in_thread(self._books.hand, mine, batch.id)
                await self._fetch(service, batch.id, [lonely[each] for each in mine])
            found.update(mine)
        return found

    def _is_to_be_sent(self, entries: Sequence[Entry], waiting: set[str]) -> bool:
        if not entries:
            return True
        newest = entries[-1]
        if newest.state is CallState.OPEN:
            return not newest.handle and newest.call.id not in waiting
        return not is_final(newest)

    async def _send(self, service: Service, mutations: Sequence[Mutation], entries: Entries) -> str:
        """Enters calls and sends them; '' where nothing was sent."""
        calls = await in_thread(self._calls, mutations, entries)
        common = {common_hash(): prompt.system_text()}
        entered = set(await in_thread(self._books.enter, calls, self._caps(), common))
        sent = [call for call in calls if call.id in entered]
        if not sent:
            return ""
        try:
            batch: Batch = await service.create([body(call) for call in sent])
        except SetbackError as error:
            await self._note(error)
            if error.setback.kind is Kind.WRONG:
                await self._refused(sent, error)
            return ""
        self._patience.well()
        await in_thread(self._books.hand, [call.id for call in sent], batch.id)
        return batch.id

    def _calls(self, mutations: Sequence[Mutation], entries: Entries) -> list[Call]:
        """The open call of each request, or a new one."""
        known, calls = self._known(mutations), []
        for mutation in mutations:
            made = entries.get(mutation.id, ())
            if made and made[-1].state is CallState.OPEN:
                calls.append(made[-1].call)
            else:
                calls.append(self._call(mutation, known, len(made) + 1))
        return calls

    def _call(self, mutation: Mutation, known: Known, attempt: int) -> Call:
        return call_for(mutation, known, self._settings, self.name, attempt)

    def _known(self, mutations: Sequence[Mutation]) -> Known:
        host, night = self._host, mutations[0].night if mutations else ""
        return Known.of(host.store, host.markets, host.settings_hash, night)

    def _caps(self) -> tuple[Cap, ...]:
        today = self._host.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        settings = self._settings
        return (
            Cap(today, int(settings.dollars_per_day * DOLLAR)),
            Cap(today.replace(day=1), int(settings.dollars_per_month * DOLLAR)),
        )

    def _told(self, mutation: Mutation, entries: Sequence[Entry]) -> Answer | None:
        """The answer to a request; None where one may still come."""
        if entries and is_final(entries[-1]):
            return answered(entries[-1])
        if entries and entries[-1].state is CallState.OPEN and entries[-1].handle:
            return None
        if lacking := self.unready():
            return Answer(mutation.id, "", lacking)
        if self._patience.waits or entries:
            return None
        return Answer(mutation.id, "", "the budget leaves no room for it")

    async def _refused(self, calls: Sequence[Call], error: SetbackError) -> None:
        """A batch that the service does not take as it is was never made, and costs nothing."""
        text = json.dumps({"error": {"type": "invalid_request_error", "message": str(error)}})
        found = [Settlement(call.id, CallState.FREE, text) for call in calls]
        await in_thread(self._books.settle, found)

    async def _note(self, error: SetbackError) -> None:
        """Keeps patience, and tells the journal what kept it."""
        was = self._patience.stopped
        self._patience.told(error.setback)
        logger.bind(step=self.name).warning("{}", error)
        if self._patience.stopped and not was:
            event = Event("swarm_paused", self.name, {"error": str(error)})
            await in_thread(self._host.store.commit, Effects(events=(event,)))


def _is_under_way(entry: Entry) -> bool:
    return entry.state is CallState.OPEN and bool(entry.handle)


def _is_lonely(entry: Entry) -> bool:
    return entry.state is CallState.OPEN and not entry.handle
