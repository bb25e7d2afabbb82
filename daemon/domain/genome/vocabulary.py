"""What a genome may say beside `ta`: the listed names of `np`, builtins, arrays, bars and panel.

Allow-lists only. A name that is missing here is refused, with the suggestion of `INSTEAD` where
there is one. Functions are reached through proxies of ours, so that no module is ever in reach.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CONSTANTS: Final = frozenset({"nan", "inf", "pi", "e", "newaxis"})
ELEMENTWISE: Final = _words(
    """
    abs absolute add arccos arcsin arctan arctan2 cbrt ceil clip copysign cos cosh divide equal exp
    exp2 expm1 fabs float_power floor floor_divide fmax fmin fmod greater greater_equal heaviside
    hypot isfinite isinf isnan less less_equal log log10 log1p log2 logical_and logical_not
    logical_or logical_xor maximum minimum mod multiply nan_to_num negative not_equal power
    reciprocal remainder rint round select sign signbit sin sinh sqrt square subtract tan tanh
    true_divide trunc where
    """
)
REDUCTIONS: Final = _words(
    """
    all any argmax argmin average count_nonzero max mean median min nanargmax nanargmin nanmax
    nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar percentile prod
    ptp quantile std sum var
    """
)
ORDERED: Final = frozenset({"argsort", "cumprod", "cumsum", "sort", "nancumsum"})
MAKERS: Final = _words(
    """
    arange array asarray column_stack concatenate copy empty empty_like expand_dims full full_like
    hstack linspace ones ones_like squeeze stack tile vstack zeros zeros_like broadcast_to repeat
    """
)
NUMPY: Final = ELEMENTWISE | REDUCTIONS | ORDERED | MAKERS
FFT: Final = frozenset({"fft", "ifft", "rfft", "irfft"})

BUILTINS: Final = _words(
    """
    abs all any bool enumerate float int len list max min range reversed round sorted sum tuple zip
    """
)
TYPES: Final = frozenset({"float", "int", "bool"})
ITERATORS: Final = frozenset({"range", "enumerate", "zip", "reversed"})

METHODS: Final = _words(
    """
    all any argmax argmin argsort astype clip copy cumprod cumsum max mean min prod reshape round
    std sum var
    """
)
FIELDS: Final = frozenset({"T", "ndim", "shape", "size"})
BARS: Final = ("open", "high", "low", "close", "volume", "session", "minute", "stale")
PANEL: Final = (*BARS, "symbols")

KEYWORDS: Final = _words(
    """
    axis copy ddof default dtype endpoint fill_value keepdims max min nan neginf num posinf
    a_max a_min decimals weights
    """
)
_UNARY: Final = _words(
    """
    abs absolute arccos arcsin arctan cbrt ceil cos cosh exp exp2 expm1 fabs floor isfinite isinf
    isnan log log10 log1p log2 logical_not negative reciprocal rint sign signbit sin sinh sqrt
    square tan tanh trunc nan_to_num zeros_like ones_like empty_like zeros ones empty array asarray
    copy column_stack hstack vstack concatenate squeeze
    """
)
_TERNARY: Final = _words(
    "where select clip percentile quantile nanpercentile nanquantile linspace arange reshape"
)
PLACES: Final = dict.fromkeys(_UNARY, 1) | dict.fromkeys(_TERNARY, 3)
"""Arguments that may be given by place; 2 where it is not said."""

RESERVED: Final = frozenset({"np", "ta", "bars", "panel", "p"}) | BUILTINS

INSTEAD: Final = {
    "roll": "ta.lag(x, n), which does not wrap round to the future",
    "diff": "ta.momentum(x, n)",
    "ediff1d": "ta.momentum(x, 1)",
    "gradient": "ta.momentum(x, n), which looks back only",
    "convolve": "ta.sma, ta.wma or ta.rolling_sum",
    "correlate": "ta.correlation(x, y, n)",
    "corrcoef": "ta.correlation(x, y, n)",
    "cov": "ta.correlation(x, y, n) or ta.beta(x, y, n)",
    "polyfit": "ta.linear_slope(x, n)",
    "interp": "ta.lag or np.where",
    "flip": "nothing: time runs one way",
    "accumulate": "ta.highest, ta.lowest, ta.rolling_sum or a ta.session_ function",
    "random": "nothing: a genome has no chance in it",
    "sliding_window_view": "ta.windows(x, n)",
    "lib": "ta.windows(x, n)",
    "float64": "float",
    "int64": "int",
    "bool_": "bool",
    "nanmax_accumulate": "ta.highest",
    "digitize": "comparisons and np.select",
    "apply_along_axis": "the arrays themselves",
    "vectorize": "np.where and np.select",
    "piecewise": "np.select",
    "fromfunction": "np.arange",
    "tolist": "the array itself",
    "item": "the array itself",
    "shift": "ta.lag(x, n)",
    "rolling": "ta.rolling_mean(x, n) and its neighbours",
    "ewm": "ta.ema(x, n)",
    "pct_change": "ta.returns(x, n)",
    "fillna": "np.nan_to_num(x)",
    "values": "the array itself",
    "append": "an array of np.zeros(len(x)) that is filled by index",
}

REFUSED: Final[dict[str, tuple[str, str]]] = {
    "Import": ("import", "there is no import: np and ta are already there"),
    "ImportFrom": ("import", "there is no import: np and ta are already there"),
    "ClassDef": ("class", "a genome has functions only, no classes"),
    "Lambda": ("lambda", "write a def instead of a lambda"),
    "While": ("while", "loops go over a range: write for instead of while"),
    "Try": ("try", "there is no try: test with np.isfinite or np.where instead"),
    "TryStar": ("try", "there is no try: test with np.isfinite or np.where instead"),
    "With": ("with", "there is no with in a genome"),
    "AsyncFunctionDef": ("async", "there is nothing asynchronous in a genome"),
    "AsyncFor": ("async", "there is nothing asynchronous in a genome"),
    "AsyncWith": ("async", "there is nothing asynchronous in a genome"),
    "Await": ("async", "there is nothing asynchronous in a genome"),
    "Yield": ("yield", "functions return arrays, they do not yield"),
    "YieldFrom": ("yield", "functions return arrays, they do not yield"),
    "GeneratorExp": ("generator", "write a list comprehension in square brackets"),
    "SetComp": ("set", "there are no sets: write a list comprehension"),
    "DictComp": ("dict_comprehension", "write the dictionary out or use lists"),
    "Set": ("set", "there are no sets: write a tuple or a list"),
    "JoinedStr": ("f_string", "there are no f-strings: a genome answers numbers"),
    "FormattedValue": ("f_string", "there are no f-strings: a genome answers numbers"),
    "TemplateStr": ("f_string", "there are no template strings: a genome answers numbers"),
    "Match": ("match", "write if and else instead of match"),
    "NamedExpr": ("walrus", "assign on a line of its own instead of :="),
    "Global": ("global", "there are no global variables: pass values as arguments"),
    "Nonlocal": ("global", "there are no shared variables: pass values as arguments"),
    "Delete": ("del", "there is no del in a genome"),
    "Raise": ("raise", "there is no raise in a genome"),
    "Assert": ("assert", "there is no assert in a genome"),
    "Starred": ("star", "there are no starred values: write them out"),
    "AnnAssign": ("annotation", "there are no annotations in a genome"),
    "TypeAlias": ("annotation", "there are no annotations in a genome"),
    "Is": ("identity", "compare with == instead of is"),
    "IsNot": ("identity", "compare with != instead of is not"),
    "In": ("membership", "compare with == instead of in"),
    "NotIn": ("membership", "compare with != instead of not in"),
    "MatMult": ("matrix_product", "write sums of products instead of @"),
    "LShift": ("shift", "multiply or divide instead of shifting bits"),
    "RShift": ("shift", "multiply or divide instead of shifting bits"),
}
"""Nodes that have no place in a genome: the code and the sentence of their refusal."""
