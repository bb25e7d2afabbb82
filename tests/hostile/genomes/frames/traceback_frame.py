"""Walks from the traceback of its own exception to the caller's builtins."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    try:
        1 / 0
    except Exception as error:
        return error.__traceback__.tb_frame.f_back.f_builtins["open"](p["file"])
