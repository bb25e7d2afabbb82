"""Pair fast and slow windows with zip."""

WARMUP = 700


def signal(bars, p):
    total = np.zeros(len(bars.close))
    for fast, slow in zip((5, 10, 20), (20, 40, 60)):
        total = total + np.sign(np.nan_to_num(ta.ema(bars.close, fast) - ta.ema(bars.close, slow)))
    return total / 3.0
