"""Follow or fade by the autocorrelation of the sample."""

WARMUP = 70


def signal(bars, p):
    moves = np.nan_to_num(ta.returns(bars.close, 1))
    link = np.sum(moves[1:] * moves[:-1])
    return np.sign(link) * np.sign(moves)
