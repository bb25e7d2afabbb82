"""A daemon that fills its own lake: on its first real data, and while a vendor is silent."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.acceptance.nights import place
from tests.plugins.alpaca.service import minute_bars, vendor
from tests.servers.alpaca import KEYS
from tests.servers.faults import Fault, FaultyServer

KEY = {
    "ALPACA_API_KEY_ID": KEYS["APCA-API-KEY-ID"],
    "ALPACA_API_SECRET_KEY": KEYS["APCA-API-SECRET-KEY"],
}
TEXT = """
[simulated]
symbols = ["SIMA"]
years = 2
[ingestion]
watch = ["A"]
kinds = ["minute"]
sources = ["alpaca"]
[alpaca]
calls_per_minute = 0
"""


def test_sigterm_ends_the_daemon_in_ten_seconds_while_a_vendor_is_silent(tmp_path: Path) -> None:
    with FaultyServer(vendor()) as server:
        server.fail("/v2/stocks/bars", Fault("stall", share=0.0, seconds=60.0), times=100)
        here = place(tmp_path / "here", TEXT + f'data_url = "{server.url}"\n')
        process = subprocess.Popen(
            here.command("run", "--once"),
            env=os.environ | KEY,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 90
        while not server.count("/v2/stocks/bars"):
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.05)

        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, error = process.communicate(timeout=30)

        assert time.monotonic() - asked < 10.0
        assert process.returncode == 1
        assert "Traceback" not in error
    assert here.document("lake verify")["problems"] == []


def test_the_first_real_data_ends_the_rehearsals(tmp_path: Path) -> None:
    service = vendor()
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    service.bars["1Min"] = {"A": minute_bars(yesterday, "09:30", 5, 10)}
    with FaultyServer(service) as server:
        here = place(tmp_path / "here", TEXT + f'data_url = "{server.url}"\n')
        done = subprocess.run(
            here.command("run", "--once"),
            env=os.environ | KEY,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )

    if yesterday.weekday() < 5:
        assert "begins anew" in done.stderr
        assert {path.name for path in here.state.glob("*.db")} == {"rehearsal.db", "nightshift.db"}
