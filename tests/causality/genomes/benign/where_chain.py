"""Grade the position with a chain of np.where."""


def signal(bars, p):
    r = ta.rsi(bars.close, 5)
    return np.where(r < 20.0, 1.0, np.where(r < 40.0, 0.5, np.where(r > 80.0, -0.5, 0.0)))
