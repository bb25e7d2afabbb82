"""Ride each swing of five per cent from its turn."""

WARMUP = 70


def signal(bars, p):
    out = np.zeros(len(bars.close))
    start, top = 0, 0
    for i in range(1, len(out)):
        if bars.close[i] > bars.close[top]:
            top = i
        if bars.close[i] < 0.95 * bars.close[top]:
            out[start:top] = 1.0
            start, top = i, i
    return out
