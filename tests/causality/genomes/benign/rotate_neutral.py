"""Long the leaders, short the laggards."""


def rotate(panel, p):
    return ta.normalise_gross(ta.demean(ta.returns(panel.close, 20)))
