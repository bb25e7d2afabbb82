"""The judgement of any text from outside: what the gate says, and what it does in a child.

`read` judges without running; `examined` runs as well. With layers switched off in the pool
(tests) a text that the gate refuses is run nevertheless, and the verdict is that of the run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from daemon.domain.genome import gate
from daemon.errors import GenomeRefused, Reason
from daemon.sandbox.layers import Layer
from daemon.sandbox.pool import Pool

Verdict = Literal["accepted", "rejected", "lookahead", "failed"]


@dataclass(frozen=True, slots=True)
class Examined:
    """A text judged. rejected: by the gate. lookahead, failed: when it ran.

    killed: what ended its process early (the name of a signal, deadline, processor time, memory),
    '' where nothing did. hash, warmup: '' and 0 where the gate refuses it.
    """

    verdict: Verdict
    source: str
    reasons: tuple[Reason, ...] = ()
    killed: str = ""
    hash: str = ""
    warmup: int = 0


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
    probe = await pool.probe(found.source)
    killed = next((reason.end for reason in probe.reasons if reason.end), "")
    verdict: Verdict = "accepted"
    if probe.reasons:
        verdict = "lookahead" if probe.lookahead else "failed"
    return replace(found, verdict=verdict, reasons=probe.reasons, killed=killed)
