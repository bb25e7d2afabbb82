"""Own the strongest third."""


def rotate(panel, p):
    strong = ta.rank(ta.returns(panel.close, 60)) > 0.66
    return ta.normalise_gross(np.where(strong, 1.0, 0.0))
