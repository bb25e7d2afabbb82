"""What the proofs against looking ahead add to a night: `night` with them, and with verdicts told.

    python -m tests.bench.lookahead [--rounds N]

The night is the README's: 500 trials on made-up days of 12 symbols, where genomes and markets are
small and a proof is dearest. The first one writes down what each proof said; after that nights that
prove alternate with nights that are told, so that both search the same way. The goal is 1.15.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

ROUNDS: Final = 4
FEW: Final = 5
NIGHT: Final = ("night", "--json", "--seed", "7", "--state")

Verdicts = dict[tuple[Any, ...], Any]
Prove = Callable[..., Awaitable[Any]]


def stand_in_for(prove: Prove, verdicts: Verdicts, tells: bool, unknown: list[str]) -> Prove:
    """What stands in for `Pool.prove`: it notes each verdict, or tells the one that was noted.

    unknown: takes the genomes of which none was. A night may ask for a proof too many, whose place
    in the archive another took meanwhile; more than a few are another search.
    """

    async def stand_in(pool: Any, source: str, market: Any, *asked: Any) -> Any:
        params, _, *drawn = asked
        key = (source, market.hash, tuple(sorted(params.items())), *drawn)
        if not tells:
            verdicts[key] = await prove(pool, source, market, *asked)
        elif key not in verdicts:
            unknown.append(source)
        return verdicts[key]

    return stand_in


def night(file: Path, tells: bool) -> None:
    """One night in this process. SystemExit where a verdict was not noted that was asked for."""
    from daemon.__main__ import main as nightshift
    from daemon.sandbox.pool import Pool

    verdicts: Verdicts = pickle.loads(file.read_bytes()) if tells else {}
    unknown: list[str] = []
    stand_in: Any = stand_in_for(Pool.prove, verdicts, tells, unknown)
    Pool.prove = stand_in  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as state:
        sys.argv = ["nightshift", *NIGHT, f"{state}/state"]
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                nightshift()
        except SystemExit as end:
            if end.code:
                raise
    if len(unknown) > FEW:
        sys.exit(f"{len(unknown)} proofs were asked for that the first night did not make")
    file.write_bytes(pickle.dumps(verdicts))


def seconds(file: Path, tells: bool) -> float:
    """What one night takes on the clock, in a process of its own."""
    began = time.perf_counter()
    way = "told" if tells else "proved"
    subprocess.run([sys.executable, "-m", __spec__.name, "--night", way, str(file)], check=True)
    return time.perf_counter() - began


def measured(rounds: int) -> dict[str, float]:
    """Median seconds of both nights, how many proofs there were, and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "verdicts"
        seconds(file, tells=False)
        proofs = len(pickle.loads(file.read_bytes()))
        pairs = [(seconds(file, tells=False), seconds(file, tells=True)) for _ in range(rounds)]
    proved, told = (statistics.median(column) for column in zip(*pairs, strict=True))
    return {
        "proofs": proofs,
        "proved_seconds": proved,
        "told_seconds": told,
        "proved_over_told": proved / told,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--night", nargs=2, metavar=("WAY", "FILE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.night:
        way, file = asked.night
        night(Path(file), tells=way == "told")
    else:
        print(json.dumps(measured(asked.rounds)))


if __name__ == "__main__":
    main()
