"""How quickly splice writes children of the seeds, and how many of them the gate accepts.

    python -m tests.bench.mutations [--json] [--draws N]

Every operator is tried on every seed with `draws` random draws; one core; processor time. A first
draw counts, not the retries that the swarm would make. The target is 99 mutations a second and
85 % accepted.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

import numpy as np

from daemon.domain.genome import gate
from daemon.errors import GenomeRefused
from plugins.splice.catalog import OPERATORS
from plugins.splice.child import child
from plugins.splice.parsed import parse
from plugins.splice.swarm import CROSSING, stated_warmup

SEEDS = Path(__file__).resolve().parents[2] / "genomes" / "seeds"


def drafts(sources: list[str], name: str, draws: int) -> list[str]:
    """The children that one operator writes of all sources."""
    texts = []
    for number, source in enumerate(sources):
        parent = parse(source)
        for draw in range(draws):
            other = sources[(number + 1 + draw) % len(sources)]
            edit = OPERATORS[name].apply(
                parent, [parse(other)], np.random.default_rng([number, draw])
            )
            if edit is not None:
                used = [source, other] if name.startswith(CROSSING) else [source]
                texts.append(child(parent, edit, stated_warmup([gate.check(s) for s in used])))
    return texts


def verdict(text: str) -> str:
    """`accepted`, or the code of the first reason against it."""
    try:
        gate.check(text)
    except GenomeRefused as refused:
        return refused.reasons[0].code
    return "accepted"


def measured(draws: int) -> dict[str, object]:
    """Children a second of processor time, the share accepted, and both by operator."""
    sources = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.py"))]
    started = time.process_time()
    verdicts = {name: [verdict(t) for t in drafts(sources, name, draws)] for name in OPERATORS}
    seconds = time.process_time() - started
    every = [code for codes in verdicts.values() for code in codes]
    return {
        "children": len(every),
        "per_second": len(every) / seconds,
        "accepted": every.count("accepted") / len(every),
        "refused": dict(Counter(code for code in every if code != "accepted")),
        "by_operator": {name: len(codes) for name, codes in verdicts.items()},
    }


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--draws", type=int, default=6)
    options = parser.parse_args()
    found = measured(options.draws)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:12} {value}")


if __name__ == "__main__":
    main()
