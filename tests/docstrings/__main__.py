"""All docstring examples of the installed torch: `python -m tests.docstrings`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from shapewise.runtime.client import OracleClient

from .check import check, run_clean


def main() -> int:
    """Prints what is wrong, and the numbers; 1 if something is wrong."""
    oracle = OracleClient()
    oracle.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            outcome = check(run_clean(Path(folder)), oracle)
    finally:
        oracle.close()
    for line in (*outcome.alarms, *outcome.wrong):
        print(line)
    print(
        f"{outcome.programs} examples run clean: {len(outcome.alarms)} false alarms, "
        f"{outcome.agreed} of {outcome.total} tensors known, {len(outcome.wrong)} wrongly"
    )
    return 1 if outcome.alarms or outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
