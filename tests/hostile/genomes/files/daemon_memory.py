"""Reads the memory of the daemon through /proc."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"daemon": 0}


def signal(bars, p):
    x = bars.close
    open("/proc/%d/mem" % p["daemon"], "rb")
    return x * 0.0
