"""What reading a file costs with each parser: why the analysis reads with `ast`.

    python tests/bench/bench_reading.py FILE

Prints the processor time, in milliseconds and the best of `--rounds`, of the standard
library's parser, of libcst without and with positions, and of importing libcst.
"""

from __future__ import annotations

import argparse
import ast
import time
from collections.abc import Callable
from pathlib import Path


def milliseconds(step: Callable[[], object], rounds: int = 1) -> float:
    """The processor time of the fastest of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        step()
        best = min(best, time.process_time() - start)
    return best * 1e3


def import_libcst() -> None:
    import libcst.metadata

    assert libcst.metadata


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    text = args.file.read_text(encoding="utf-8")

    importing = milliseconds(import_libcst)
    import libcst
    from libcst.metadata import MetadataWrapper, PositionProvider

    module = libcst.parse_module(text)

    def positions() -> None:
        MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)

    print(f"{text.count(chr(10))} lines")
    print(f"ast.parse          {milliseconds(lambda: ast.parse(text), args.rounds):7.1f} ms")
    print(
        f"libcst, parsing    {milliseconds(lambda: libcst.parse_module(text), args.rounds):7.1f} ms"
    )
    print(f"libcst, positions  {milliseconds(positions, args.rounds):7.1f} ms")
    print(f"import libcst      {importing:7.1f} ms")


if __name__ == "__main__":
    main()
