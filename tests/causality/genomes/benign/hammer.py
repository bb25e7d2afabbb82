"""A long lower shadow after a fall."""


def signal(bars, p):
    body = np.abs(bars.close - bars.open)
    shadow = np.minimum(bars.close, bars.open) - bars.low
    return np.where((shadow > 2.0 * body) & (ta.returns(bars.close, 5) < 0.0), 1.0, 0.0)
