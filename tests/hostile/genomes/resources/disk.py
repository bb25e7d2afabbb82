"""Fills the disk."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"fresh": 0}


def signal(bars, p):
    x = bars.close
    with open(p["fresh"], "wb") as file:
        file.write(bytes(1000000))
    return x * 0.0
