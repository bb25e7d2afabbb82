"""Reads the builtins from the frame of an asynchronous generator."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


async def steps():
    yield 1


def signal(bars, p):
    x = bars.close
    return steps().ag_frame.f_builtins["open"](p["file"])
