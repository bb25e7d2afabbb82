"""Size by the volatility of the whole sample."""

WARMUP = 70


def signal(bars, p):
    moves = ta.returns(bars.close, 1)
    return np.where(moves > 0.0, np.clip(0.01 / np.nanstd(moves), 0.0, 1.0), 0.0)
