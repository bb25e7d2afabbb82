"""Own the third or so of the universe that has risen most over months, leaving out the last days."""

TIMEFRAME = "1d"
PARAMS = {"n": (120, 40, 250), "skip": (5, 1, 20), "share": (0.7, 0.4, 0.9)}


def rotate(panel, p):
    growth = ta.lag(ta.returns(panel.close, p["n"]), p["skip"])
    strong = ta.rank(growth) >= p["share"]
    return ta.normalise_gross(np.where(strong & (growth > 0), 1.0, 0.0))
