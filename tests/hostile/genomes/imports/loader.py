"""Uses the loader of a module that is in reach."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return __loader__.load_module("posix").getcwd()
