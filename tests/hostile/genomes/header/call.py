"""Opens a file in the header."""

TIMEFRAME = "1d"
WARMUP = 50
EXITS = open("/etc/passwd")


def signal(bars, p):
    x = bars.close
    return x * 0.0
