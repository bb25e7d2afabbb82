"""Is handed a traceback by a with statement and walks on from it."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


class Door:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.trace = trace
        return True


def signal(bars, p):
    x = bars.close
    with Door() as door:
        1 / 0
    return door.trace.tb_frame.f_back.f_builtins["open"](p["file"])
