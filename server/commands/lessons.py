"""`shapewise lessons`: making, checking, showing and grading lesson packs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import Subparsers

_CHECK_EPILOG = """\
exit status: 0 nothing is wrong, 1 something is, 2 it could not be checked
(no folder, no PyTorch, wrong arguments)
"""

_GRADE_EPILOG = """\
exit status: 0 every hand-in was graded, 1 some could not be, 2 nothing could be graded
"""


def register(subparsers: Subparsers) -> None:
    """Add the command and its subcommands."""
    parser = subparsers.add_parser(
        "lessons",
        help="make, check, show and grade lesson packs",
        description="Lesson packs: folders of text that teach where the learner stands. "
        "docs/lesson-packs.md describes them.",
    )
    actions = parser.add_subparsers(metavar="ACTION", title="actions", required=True)
    _new(actions)
    _check(actions)
    _preview(actions)
    _list(actions)
    _grade(actions)
    _progress(actions)


def _add(actions: Subparsers, name: str, help: str, epilog: str = "") -> argparse.ArgumentParser:
    parser = actions.add_parser(
        name,
        help=help,
        description=help[:1].upper() + help[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--language", metavar="LANGUAGE", help="en or pt-BR; default: the system's language"
    )
    return parser


def _add_python(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--python", metavar="PATH", help="the interpreter that has PyTorch")


def _new(actions: Subparsers) -> None:
    parser = _add(actions, "new", "make a new pack that works and is to be changed")
    parser.add_argument("name", metavar="NAME", help="small letters, digits and hyphens")
    parser.add_argument(
        "--in",
        dest="parent",
        metavar="FOLDER",
        type=Path,
        default=Path(),
        help="where it goes, such as .shapewise/lessons (default: here)",
    )
    parser.set_defaults(run=_run_new)


def _run_new(args: argparse.Namespace) -> int:
    from ..lessons.new import new

    return new(args.name, args.parent, args.language)


def _check(actions: Subparsers) -> None:
    parser = _add(actions, "check", "prove what packs say", _CHECK_EPILOG)
    parser.add_argument("folders", metavar="FOLDER", nargs="+", type=Path, help="of a pack")
    parser.add_argument("--lesson", metavar="ID", help="only this lesson's claims")
    parser.add_argument(
        "--run", dest="execute", action="store_true", help="run exercises where values need it"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    _add_python(parser)
    parser.set_defaults(run=_run_check)


def _run_check(args: argparse.Namespace) -> int:
    from ..lessons.check import check

    return check(args.folders, args.lesson, args.execute, args.format, args.language, args.python)


def _preview(actions: Subparsers) -> None:
    parser = _add(actions, "preview", "write a pack as a web site, in all its languages")
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="of the pack")
    parser.add_argument("--out", metavar="FOLDER", type=Path, help="default: <pack's folder>-site")
    parser.set_defaults(run=_run_preview)


def _run_preview(args: argparse.Namespace) -> int:
    from ..lessons.preview import preview

    return preview(args.folder, args.out, args.language)


def _list(actions: Subparsers) -> None:
    parser = _add(actions, "list", "list the lessons that are found from here")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=_run_list)


def _run_list(args: argparse.Namespace) -> int:
    from ..lessons.listing import show_lessons

    return show_lessons(args.format, args.language)


def _progress(actions: Subparsers) -> None:
    parser = _add(actions, "progress", "show what was done in workspaces")
    parser.add_argument(
        "folders", metavar="FOLDER", nargs="*", type=Path, help="workspaces (default: this one)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=_run_progress)


def _run_progress(args: argparse.Namespace) -> int:
    from ..lessons.listing import show_progress

    return show_progress(args.folders or [Path()], args.format, args.language)


def _grade(actions: Subparsers) -> None:
    parser = _add(actions, "grade", "check hand-ins against a pack's exercises", _GRADE_EPILOG)
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", type=Path, help=".py and .ipynb files, and folders"
    )
    parser.add_argument("--pack", metavar="PACK", required=True, help="its folder or its id")
    parser.add_argument("--lesson", metavar="ID", help="the exercise of files that name none")
    parser.add_argument("--format", choices=("text", "csv", "json"), default="text")
    parser.add_argument("--out", metavar="FILE", type=Path, help="default: standard output")
    parser.add_argument(
        "--jobs", metavar="N", type=_positive, help="default: one for each processor"
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="of a Dask cluster, such as tcp://10.0.0.1:8786"
    )
    parser.add_argument(
        "--run",
        dest="execute",
        action="store_true",
        help="run, with your own rights, the hand-ins that the analysis finds nothing wrong with",
    )
    parser.add_argument(
        "--time-limit", metavar="S", type=float, default=60.0, help="seconds a hand-in (60)"
    )
    _add_python(parser)
    parser.set_defaults(run=_run_grade)


def _run_grade(args: argparse.Namespace) -> int:
    from ..lessons.grade import grade

    return grade(args)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


_positive.__name__ = "number of processes"  # argparse names it when it complains
