"""Turn the rule round if it lost over the sample."""

WARMUP = 70


def signal(bars, p):
    moves = np.nan_to_num(ta.returns(bars.close, 1))
    held = np.where(bars.close > ta.sma(bars.close, 10), 1.0, -1.0)
    return held if np.sum(held[:-1] * moves[1:]) > 0.0 else -held
