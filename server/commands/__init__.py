"""The subcommands of `shapewise`, one file each.

A module has `register(subparsers)`, which adds the command's parser and sets its
default `run`: a function of the parsed arguments that returns the exit status.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]
