"""Weigh several returns, the nearest most."""

WARMUP = 60


def signal(bars, p):
    score = np.zeros(len(bars.close))
    for k, n in enumerate((5, 10, 20, 40)):
        score = score + ta.returns(bars.close, n) / (k + 1)
    return np.where(score > 0.0, 1.0, 0.0)
