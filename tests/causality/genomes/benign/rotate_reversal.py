"""Buy yesterday's losers."""


def rotate(panel, p):
    lost = ta.rank(ta.returns(panel.close, 1)) < 0.3
    return ta.normalise_gross(np.where(lost, 1.0, 0.0))
