"""Walks from the frame of a coroutine that waits."""

TIMEFRAME = "1d"
WARMUP = 50


async def step(box):
    box[0].cr_frame.f_back.f_back.f_builtins["open"]("/etc/passwd")


def signal(bars, p):
    x = bars.close
    box = []
    c = step(box)
    box.append(c)
    c.send(None)
    return x * 0.0
