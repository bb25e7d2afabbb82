"""The command `nightshift`: one outermost handler that tells a foreseen error from a bug."""

from __future__ import annotations

import errno
import os
import sys
import traceback

from daemon.errors import NightShiftError
from daemon.process import prepare

BUG = 70
INTERRUPTED = 130
NO_ROOM = 3


def main() -> None:
    """Runs the command line and exits with the code that interface.md promises."""
    prepare()
    from daemon.cli.app import app  # after the environment, which numba reads at import

    try:
        app()
    except NightShiftError as error:
        _say(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _say("stopped")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - lives until the exit
        sys.exit(0)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            _report_bug()
        _say(f"the disk is full ({error.filename}); free some space and run the command again")
        sys.exit(NO_ROOM)
    except Exception:  # the outermost handler
        _report_bug()


def _report_bug() -> None:
    traceback.print_exc()
    _say(
        "this is a bug in Night Shift; please report the lines above together with "
        "`nightshift doctor --json`"
    )
    sys.exit(BUG)


def _say(text: str) -> None:
    sys.stderr.write(f"nightshift: {text}\n")


if __name__ == "__main__":
    main()
