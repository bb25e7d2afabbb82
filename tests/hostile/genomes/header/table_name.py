"""Names a context column that is a command of the database."""

TIMEFRAME = "1d"
WARMUP = 50
CONTEXT = ("vix; drop table trials",)


def signal(bars, p):
    x = bars.close
    return x * 0.0
