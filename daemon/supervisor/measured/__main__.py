"""Campaigns in a process of their own: a job a line of JSON on standard input, an answer a line.

Started by `processes`; not meant for people.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from daemon.config import load_config
from daemon.errors import NightShiftError
from daemon.log import start_logging
from daemon.supervisor.measured.planted import planted_campaign
from daemon.supervisor.measured.tribunal import null_campaign, oracle_campaign
from daemon.supervisor.measured.walk import walked_campaign


async def answered(job: dict[str, Any]) -> dict[str, Any]:
    """What came of a job."""
    state = Path(job["state"]) if job.get("state") else None
    loaded = load_config(Path(job["config"]) if job["config"] else None, state)
    if job["what"] == "null":
        return await null_campaign(loaded, job, np.load(job["history"], allow_pickle=False))
    if job["what"] == "oracle":
        return await oracle_campaign(loaded, job)
    if job["what"] == "walk":
        return await walked_campaign(loaded, job)
    return await planted_campaign(loaded, job)


def main() -> int:
    """The exit code; an error of ours is one line on standard error, and ends it."""
    start_logging("ERROR", None)
    try:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(asyncio.run(answered(json.loads(line)))) + "\n")
            sys.stdout.flush()
    except NightShiftError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
