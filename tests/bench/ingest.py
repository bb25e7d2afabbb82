"""How fast a day file of the whole market becomes Parquet of 25 symbols: minute bars and trades.

Run: python -m tests.bench.ingest [--peers PYTHON] [--rounds N]

Every round runs isal's decompression alone, ours, and the peers after each other, each in its own
process; the ratios are those of the smallest processor times (`_wall` of the smallest times).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from daemon.supervisor.benchmark.ingest import ingest_figures
from plugins.files.source import FilesSource
from tests.bench.flatfile import wanted
from tests.bench.tradefile import busiest

FILES = {"minute": ("flatfile", wanted), "trades": ("tradefile", busiest)}
ENGINES = ("polars", "duckdb")
PEERS = Path(__file__).with_name("ingest_peers.py")
Times = defaultdict[str, list[float]]


def figures(peers: str | None, rounds: int) -> dict[str, Any]:
    """Ratios for both files, the rows kept, and the most memory that ours took."""
    found: dict[str, Any] = {}
    for kind, (maker, symbols) in FILES.items():
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", f"tests.bench.{maker}", folder]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
            path = next(Path(folder).rglob("*.csv.gz"))
            times: Times = defaultdict(list)
            for _ in range(rounds):
                ours = _ours(path, kind)
                _note(times, ours)
                for engine in ENGINES if peers else ():
                    _peer(times, (peers or "", engine), (path, symbols()), ours)
        found |= _ratios(kind, times)
        found[f"{kind}_rows"], found[f"{kind}_kept"] = ours["rows"], ours["kept"]
        found[f"{kind}_peak_mb"] = max(times["peak"])
    return found


def _ours(path: Path, kind: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.ingest", "--once", str(path), "--kind", kind]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _note(times: Times, ours: dict[str, Any]) -> None:
    times["ours"].append(ours["cpu_seconds"])
    times["ours_wall"].append(ours["seconds"])
    times["isal"].append(ours["decompress_cpu_seconds"])
    times["isal_wall"].append(ours["decompress_seconds"])
    times["peak"].append(ours["peak_rss_bytes"] / 1e6)


def _peer(
    times: Times, who: tuple[str, str], what: tuple[Path, tuple[str, ...]], ours: dict[str, Any]
) -> None:
    python, engine = who
    path, symbols = what
    with tempfile.NamedTemporaryFile(suffix=".parquet") as target:
        task = {"engine": engine, "path": str(path), "symbols": symbols, "to": target.name}
        done = subprocess.run(
            [python, str(PEERS)],
            input=json.dumps(task) + "\n",
            check=True,
            capture_output=True,
            text=True,
        )
    answer = json.loads(done.stdout)
    if answer["rows"] != ours["kept"]:
        raise SystemExit(f"{engine} kept {answer['rows']} rows, ours {ours['kept']}")
    times[engine].append(answer["cpu_seconds"])
    times[f"{engine}_wall"].append(answer["seconds"])


def _ratios(kind: str, times: Times) -> dict[str, float]:
    least = {name: min(values) for name, values in times.items()}
    ratios = {f"{kind}_seconds": least["ours_wall"], f"{kind}_cpu_seconds": least["ours"]}
    for unit in ("", "_wall"):
        ours = least[f"ours{unit}"]
        ratios[f"{kind}_over_isal{unit}"] = ours / least[f"isal{unit}"]
        for engine in ENGINES:
            if engine in least:
                ratios[f"{engine}_over_{kind}{unit}"] = least[f"{engine}{unit}"] / ours
    return ratios


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--peers")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--once", type=Path)
    arguments.add_argument("--kind", choices=sorted(FILES))
    chosen = arguments.parse_args()
    if chosen.once is None:
        print(json.dumps(figures(chosen.peers, chosen.rounds)))
    else:
        symbols = FILES[chosen.kind][1]()
        print(json.dumps(ingest_figures(FilesSource(), chosen.once, symbols)))


if __name__ == "__main__":
    main()
