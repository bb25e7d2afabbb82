"""Walks from the frame of a running generator to builtins that were never handed out."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    g = (g.gi_frame.f_back for k in (1.0,))
    here = list(g)[0]
    return here.f_back.f_builtins["open"](p["file"])
