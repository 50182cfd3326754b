"""The rooms at the top of the repository become one namespaced package, `shapewise`.

Every folder with an `__init__.py` is found here, so a new one needs no entry.
`docs` has no code: it is shipped for the pages that `shapewise` shows.
"""

from setuptools import find_packages, setup

ROOMS = ("server", "analyzers", "runtime", "lessons")

packages = ["shapewise.docs"]
package_dir = {"shapewise.docs": "docs"}
for room in ROOMS:
    packages += [f"shapewise.{room}", *(f"shapewise.{room}.{name}" for name in find_packages(room))]
    package_dir[f"shapewise.{room}"] = room

setup(packages=packages, package_dir=package_dir)
