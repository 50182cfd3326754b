"""The language of the system."""

from __future__ import annotations

import os
import sys


def system_locale() -> str | None:
    """The name of the locale for messages, such as `pt_BR.UTF-8`; None where none is set."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(variable):
            return os.environ[variable]
    if sys.platform == "win32":
        import ctypes
        import locale

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage())
    return None
