"""Own the few best symbols while the average symbol rises, else stay in cash."""

TIMEFRAME = "1d"
PARAMS = {"n": (90, 20, 250), "market": (150, 40, 250), "keep": (3, 1, 6)}


def rotate(panel, p):
    growth = ta.returns(panel.close, p["n"])
    above = panel.close / ta.sma(panel.close, p["market"]) - 1.0
    breadth = np.nanmean(np.where(np.isnan(above), np.nan, above > 0), axis=1)
    chosen = ta.top_n(growth, p["keep"]) & (growth > 0) & (breadth[:, np.newaxis] > 0.5)
    return ta.normalise_gross(np.where(chosen, 1.0, 0.0))
