"""Has more parameters than a search can hold."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"p0": 0, "p1": 1, "p2": 2, "p3": 3, "p4": 4, "p5": 5, "p6": 6, "p7": 7, "p8": 8, "p9": 0, "p10": 1, "p11": 2, "p12": 3, "p13": 4, "p14": 5, "p15": 6, "p16": 7, "p17": 8, "p18": 0, "p19": 1, "p20": 2, "p21": 3, "p22": 4, "p23": 5, "p24": 6, "p25": 7, "p26": 8, "p27": 0, "p28": 1, "p29": 2}


def signal(bars, p):
    x = bars.close
    return x * 0.0
