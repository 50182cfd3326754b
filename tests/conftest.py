"""What all tests share: the same random examples each time, so that a change is judged by itself.

`SHAPEWISE_EXAMPLES=3000` hunts with new ones.
"""

import os

from hypothesis import settings

EXAMPLES = int(os.environ.get("SHAPEWISE_EXAMPLES", "0"))

settings.register_profile(
    "shapewise", derandomize=not EXAMPLES, database=None, print_blob=False, deadline=None
)
settings.load_profile("shapewise")
