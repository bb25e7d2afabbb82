"""Looks for keys in the environment."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    if "NIGHTSHIFT_SECRET" in os.environ or len(os.environ) > 20:
        raise LookupError
    return x * 0.0
