"""Has a docstring that would clear the owner's terminal."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    """[2J]0;owned"""
    return x * 0.0
