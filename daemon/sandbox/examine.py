"""The judgement of any text from outside: what the gate says, and what it does in a child.

`read` judges without running; `examined` runs as well, and proves on the probe market what would be
proved on a real one before the archive takes it. With layers switched off in the pool (tests) a
text that the gate refuses is run nevertheless, and the verdict is that of the run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from daemon.domain.engine.causality import Causality
from daemon.domain.genome import gate
from daemon.domain.market.probe import probe
from daemon.errors import GenomeRefused, Reason
from daemon.sandbox import parity
from daemon.sandbox.layers import Layer
from daemon.sandbox.pool import Pool

_SEEDS: Final = 3
Verdict = Literal["accepted", "rejected", "lookahead", "failed"]


@dataclass(frozen=True, slots=True)
class Examined:
    """A text judged. rejected: by the gate. lookahead, failed: when it ran.

    killed: what ended its process early (the name of a signal, deadline, processor time, memory),
    '' where nothing did. hash, warmup: '' and 0 where the gate refuses it. flags: what is noted and
    is no reason to refuse it.
    """

    verdict: Verdict
    source: str
    reasons: tuple[Reason, ...] = ()
    killed: str = ""
    hash: str = ""
    warmup: int = 0
    flags: tuple[str, ...] = ()


def read(data: bytes) -> Examined:
    """What intake and gate say."""
    try:
        gated = gate.check(data)
    except GenomeRefused as refused:
        return Examined("rejected", data.decode("utf-8", "replace"), refused.reasons)
    return Examined("accepted", gated.source, hash=gated.hash, warmup=gated.manifest.warmup)


async def examined(pool: Pool, data: bytes) -> Examined:
    """What intake, gate and probe say; a refused text is not run, unless the gate is off."""
    found = read(data)
    if found.verdict == "rejected" and Layer.GATE not in pool.off:
        return found
    probed = await pool.probe(found.source)
    shown = Causality(probed.reasons, probed.flags)
    codes = {reason.code for reason in probed.reasons}
    if codes <= {"warmup_too_short"} and found.verdict == "accepted":
        proved = await _proved(pool, found.source)
        shown = proved if proved.reasons or not codes else shown
    killed = next((reason.end for reason in shown.reasons if reason.end), "")
    verdict: Verdict = "accepted"
    if shown.reasons:
        ahead = any(reason.code.startswith("lookahead") for reason in shown.reasons)
        verdict = "lookahead" if ahead else "failed"
    return replace(found, verdict=verdict, reasons=shown.reasons, killed=killed, flags=shown.flags)


async def _proved(pool: Pool, source: str) -> Causality:
    """The proof with cuts of several seeds, up to the first that shows something.

    That the probe market is too short for a WARMUP says nothing about the market of a night.
    """
    manifest = gate.check(source).manifest
    market, params = probe(manifest.timeframe), manifest.defaults()
    positions = await pool.positions(source, market, params)
    shown = Causality()
    for seed in range(_SEEDS):
        shown = await pool.prove(source, market, params, positions, seed)
        if any(reason.code != parity.UNPROVED for reason in shown.reasons):
            break
    return replace(shown, reasons=tuple(r for r in shown.reasons if r.code != parity.UNPROVED))
