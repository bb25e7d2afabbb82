"""Take out the straight line from the first to the last close."""

WARMUP = 70


def signal(bars, p):
    line = np.linspace(1.0, 1.0 + (bars.close[-1] - bars.close[300]) / bars.close[300], len(bars.close))
    return np.where(bars.close / bars.close[300] < line, 1.0, 0.0)
