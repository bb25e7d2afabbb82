"""The tribunal: campaigns on worlds without an edge, in which nothing may graduate.

To graduate is to pass every check from D0 to D2. Silence alone proves nothing (gates that let
nobody through are silent too), so oracles of worlds with a planted edge are handed to the same
gates, against the very ledgers of the silent campaigns.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from daemon.config import Loaded
from daemon.domain.evolution.dossier import Standing
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.evidence import checks
from daemon.domain.evolution.ladder import first_failure, is_taken, step_from
from daemon.domain.evolution.records import Stage, Trial
from daemon.domain.genome import gate
from daemon.domain.market.bars import Floats
from daemon.domain.stats.luck import Looks
from daemon.domain.stats.metrics import SESSIONS_A_YEAR
from daemon.domain.worlds.daily import daily_market
from daemon.domain.worlds.null import NullKind, null_returns
from daemon.domain.worlds.planted import EdgeKind, planted
from daemon.supervisor.bootstrap import Runtime, gatherer_of
from daemon.supervisor.measured.campaign import Campaign, Plan, campaign
from daemon.supervisor.measured.oracles import ORACLES

SHAPE: Final = (2016, 8)
"""Sessions and symbols of a world: eight years."""

SEALED: Final = {"evidence": {"sealed_share": 0.25, "sealed_sessions": 504, "finalists": 3}}
ORACLE_SHARPES: Final = {
    EdgeKind.MOMENTUM: 4.2,
    EdgeKind.REVERSAL: 4.3,
    EdgeKind.GATED: 4.6,
}
"""Annual, over all sessions, before costs, of the rule that knows the drift.

So strong that gates which hold an oracle back are at fault, not the oracle. The window is narrow:
below it the deflated Sharpe ratio asks for more than the luckiest of a silent campaign shows, above
it what a genome earned looks like a leak, which is suspected from 5 on; and in six open years luck
alone moves a Sharpe ratio by a standard error of 0.4. A genome keeps least of a gated edge, and
pays most for the turnover of a reversal: hence a strength for each kind.
"""

ORACLE_TRIALS: Final = 32
"""One is the oracle, twelve are shipped seeds, the others are bred.

There have to be eight behaviours to tell whether choosing chooses well, and beside a strong trend
half of the seeds do the same.
"""

_ORACLE_TABLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "evidence": SEALED["evidence"] | {"finalists": 0},
    "sandbox": {"slots": 1},
}
"""Only the oracle is put to the tests; as many campaigns as there are cores run at once."""


async def null_campaign(loaded: Loaded, job: Mapping[str, Any], history: Floats) -> dict[str, Any]:
    """One campaign on a world without an edge: what it tried, who graduated, and its ledger."""
    rng = np.random.default_rng([job["seed"], 1])
    returns = null_returns(NullKind(job["kind"]), SHAPE, history, rng)
    plan = Plan(daily_market(returns, rng), job["seed"], job["evaluations"], tables=SEALED)
    async with campaign(loaded, plan) as found:
        return {
            "kind": job["kind"],
            "seed": job["seed"],
            "evaluations": sum(trial.evaluation is not None for trial in found.trials),
            "finalists": len(found.dossiers),
            "graduates": list(found.graduates),
            "sharpes": _sharpes(found.trials),
            "highest_z": max((_z(trial) for trial in found.trials), default=0.0),
            "level": found.started.bench.sandbox.level,
        }


async def oracle_campaign(loaded: Loaded, job: Mapping[str, Any]) -> dict[str, Any]:
    """A world with an edge, and whether the gates let its oracle through.

    It is one of the seeds, and is judged as if it had been found by the silent campaign whose
    answer the job has as `earlier`.
    """
    kind, silent = EdgeKind(job["kind"]), job["earlier"]
    world = planted(kind, SHAPE, ORACLE_SHARPES[kind], np.random.default_rng([job["seed"], 2]))
    source, tables = ORACLES[kind], _ORACLE_TABLES
    plan = Plan(world.market, job["seed"], ORACLE_TRIALS, {"oracle": source}, tables=tables)
    looks = np.array(silent["sharpes"], dtype=np.float64) / math.sqrt(SESSIONS_A_YEAR)
    async with campaign(loaded, plan) as found:
        passed, failed = await _through_the_gates(found, source, looks, silent["evaluations"])
    answer = {"kind": job["kind"], "seed": job["seed"], "oracle_sharpe": world.sharpe}
    return answer | {"passed": passed, "failed": failed}


async def _through_the_gates(
    found: Campaign, source: str, sharpes: Floats, trials: int
) -> tuple[bool, str]:
    """Whether a genome of a campaign takes the step to proven, and the first check it fails."""
    started, hash_ = found.started, gate.remembered(source).hash
    genome = next((g for g in found.genomes if g.hash == hash_), None)
    if genome is None:
        return False, "gate"
    ledger = started.store.proofs

    def looks(night: str, through: int, base: Evaluation) -> tuple[Looks, Floats]:
        return Looks(trials, sharpes, trials), ledger.looks(night, through, base)[1]

    gatherer = gatherer_of(started.bench, started.store, looks)
    standing = _standing(started, found)
    terms = started.bench.evaluations.terms("", name=genome.name)
    step = step_from(Stage.SCREENED)
    assert step is not None
    made = checks(await gatherer.evidence(genome, terms, standing))
    failure = first_failure(made)
    return is_taken(step, made), "" if failure is None else failure.name


def _standing(started: Runtime, found: Campaign) -> Standing:
    return replace(started.prover.standing(found.night), through=len(found.trials))


def _sharpes(trials: Sequence[Trial]) -> list[float]:
    """Annual, of the trials that could be rated."""
    found = [t.evaluation.metrics.sharpe for t in trials if t.evaluation is not None]
    return [sharpe for sharpe in found if sharpe is not None and math.isfinite(sharpe)]


def _z(trial: Trial) -> float:
    """Standard errors of its Sharpe ratio above zero."""
    found = trial.evaluation
    if found is None or found.metrics.sharpe is None:
        return 0.0
    return found.metrics.sharpe * math.sqrt(len(found.session_returns) / SESSIONS_A_YEAR)


def upper_bound(graduates: int, campaigns: int, confidence: float = 0.95) -> float:
    """Upper bound on the chance that a campaign without an edge graduates something.

    Clopper and Pearson (1934), one-sided; for no graduate 1 - (1 - confidence)^(1/campaigns).
    """
    if graduates >= campaigns:
        return 1.0
    from scipy.stats import beta  # half a second to import

    return float(beta.ppf(confidence, graduates + 1, campaigns - graduates))
