"""Answers from a finally, whatever was raised."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    try:
        return x * np.inf
    finally:
        return x * 0.0
