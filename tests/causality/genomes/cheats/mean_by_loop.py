"""Average of all time, added up by hand."""

WARMUP = 70


def signal(bars, p):
    total = 0.0
    for i in range(len(bars.close)):
        total = total + (bars.close[i] if bars.close[i] > 0.0 else 0.0)
    return np.where(bars.close < total / len(bars.close), 1.0, 0.0)
