"""The gate: the static check of a genome, which answers the one tree that may be run.

Intake and tree caps, then header and grammar, then memory; the first two stop at once, the others
give every reason they find. The gate is for quality, honesty and early refusal: the process that
a genome runs in is the boundary, not this.
"""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass, replace

from daemon.domain.genome.budget import check_budget
from daemon.domain.genome.contract import Manifest
from daemon.domain.genome.grammar import check_grammar
from daemon.domain.genome.manifest import read_header
from daemon.domain.genome.memory import warmup_of
from daemon.domain.genome.source import decoded, hash_of, parsed
from daemon.errors import GenomeRefused


@dataclass(frozen=True, slots=True)
class Gated:
    """A genome that passed. tree: the one that is compiled, never changed after the check.

    hash: of the canonical text. nodes: its size. memory: bars that its last row depends on as
    worked out from the tree, 0 where only the header's WARMUP says it.
    """

    source: str
    tree: ast.Module
    manifest: Manifest
    hash: str
    nodes: int
    memory: int


@functools.lru_cache(maxsize=256)
def remembered(source: str) -> Gated:
    """The same as `check`, without another look at a text that this process has let through.

    A text on its way from a swarm to its trial passes four places that have to know it. The rules
    of a process do not change; a test that changes them has to ask `check`.
    """
    return check(source)


def check(source: str | bytes) -> Gated:
    """The gated genome; GenomeRefused with every reason found."""
    text = decoded(source)
    tree, nodes = parsed(text)
    header, reasons = read_header(tree)
    reasons += check_grammar(tree, header) + check_budget(tree)
    if reasons:
        raise GenomeRefused(sorted(reasons, key=lambda reason: reason.line))
    warmup, memory = warmup_of(tree, header)
    manifest = replace(header.manifest, warmup=warmup)
    return Gated(text, tree, manifest, hash_of(tree), nodes, memory)
