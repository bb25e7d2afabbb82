"""Own the strongest few of the leveraged funds, bull or bear, weighted against their volatility."""

TIMEFRAME = "1d"
UNIVERSE = "leveraged"
PARAMS = {"n": (20, 5, 90), "keep": (3, 1, 6), "risk": (20, 10, 60)}


def rotate(panel, p):
    growth = ta.returns(panel.close, p["n"])
    chosen = ta.top_n(growth, p["keep"]) & (growth > 0)
    calm = 1.0 / np.maximum(ta.volatility(panel.close, p["risk"]), 0.002)
    return ta.normalise_gross(np.where(chosen, calm, 0.0))
