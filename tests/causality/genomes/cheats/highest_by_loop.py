"""Know the highest close there will be."""

WARMUP = 70


def signal(bars, p):
    top = 0.0
    for i in range(len(bars.close)):
        if bars.close[i] > top:
            top = bars.close[i]
    return np.where(bars.close > 0.8 * top, 0.0, 1.0)
