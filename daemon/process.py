"""What has to be settled before numerical libraries are imported: threads, and compiled kernels.

Compiled kernels are kept in the user's cache folder, in a folder named by the text of all pure
modules: numba notices a change of the module a kernel stands in, not of those compiled into it.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from platformdirs import user_cache_path

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


def prepare() -> None:
    """Sets the environment of this process; what the owner has set stays."""
    for name in THREADS:
        os.environ.setdefault(name, "1")
    os.environ.setdefault("NUMBA_CACHE_DIR", str(kernel_folder()))


def kernel_folder() -> Path:
    """Where kernels compiled from this very text of the domain are kept."""
    digest = hashlib.sha256()
    for path in sorted((Path(__file__).parent / "domain").rglob("*.py")):
        digest.update(path.read_bytes())
    return user_cache_path("nightshift") / f"kernels-{digest.hexdigest()[:16]}"
