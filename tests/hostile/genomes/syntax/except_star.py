"""Confuses the interpreter's types with except*, as in a known escape."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    try:
        raise ExceptionGroup("a", [ValueError()])
    except* ValueError as group:
        return group.exceptions[0].__traceback__.tb_frame.f_globals["np"].load(p["file"])
    return x
