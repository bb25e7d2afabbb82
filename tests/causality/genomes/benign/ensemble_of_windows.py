"""Vote over a list of windows."""


def signal(bars, p):
    votes = [np.where(bars.close > ta.sma(bars.close, n), 1.0, 0.0) for n in (10, 20, 50, 100)]
    return sum(votes) / 4.0
