"""`shapewise lessons`, from a new pack to a checked one and a web site."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from shapewise.lessons.progress import Progress
from shapewise.server.cli import main

SAMPLE = Path(__file__).parent / "sample-pack/sample_course/packs/broadcasting"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_from_new_to_an_editor(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["lessons", "new", "my-course", "--in", ".shapewise/lessons", "--language", "en"]) == 0
    )
    assert capsys.readouterr().out == (
        ".shapewise/lessons/my-course is a pack with one lesson.\n"
        "  change it:    the files in .shapewise/lessons/my-course\n"
        "  check it:     shapewise lessons check .shapewise/lessons/my-course\n"
        "  look at it:   shapewise lessons preview .shapewise/lessons/my-course\n"
    )
    folder = ".shapewise/lessons/my-course"
    assert main(["lessons", "check", folder, "--language", "en"]) == 0
    assert capsys.readouterr().out == "my-course: one lesson, nothing wrong\n"
    assert main(["lessons", "check", folder, "--language", "pt-BR"]) == 0
    assert capsys.readouterr().out == "my-course: uma lição, nada errado\n"
    assert main(["lessons", "list", "--language", "pt-BR"]) == 0
    listed = capsys.readouterr().out
    assert "my-course 0.1.0 (deste espaço de trabalho)\n  My course\n" in listed
    assert "flatten  Achatar antes da Linear" in listed


@pytest.mark.parametrize("name", ["My-Pack", "a b", "", "a/b", "x" * 61])
def test_names_that_are_none(name: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lessons", "new", name, "--language", "en"]) == 2
    assert "is no name for a pack" in capsys.readouterr().err
    assert not list(here.iterdir())


def test_what_is_there_is_left_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "mine").mkdir()
    assert main(["lessons", "new", "mine", "--language", "pt-BR"]) == 2
    assert "mine já existe" in capsys.readouterr().err
    assert not list((here / "mine").iterdir())


def test_faults_are_told_with_file_and_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["lessons", "new", "mine"])
    (here / "mine/lessons/flatten/solution.py").unlink()
    capsys.readouterr()
    assert main(["lessons", "check", "mine", "--language", "en"]) == 1
    assert capsys.readouterr().out == (
        "mine/lessons/flatten/lesson.toml:21: there is no file lessons/flatten/solution.py "
        "[missing-file]\nmine: wrong in one place\n"
    )
    assert main(["lessons", "check", "mine", "--language", "pt-BR", "--format", "json"]) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert row == {
        "pack": "mine",
        "file": "mine/lessons/flatten/lesson.toml",
        "line": 21,
        "kind": "missing-file",
        "severity": "error",
        "message": "não há o arquivo lessons/flatten/solution.py",
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "there is no folder nowhere"),
        (["mine", "--lesson", "other"], "there is no lesson `other` in this pack"),
        (["mine", "--python", "/nowhere/python"], "has no PyTorch"),
    ],
)
def test_what_cannot_be_checked(
    words: list[str], said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["lessons", "new", "mine"])
    assert main(["lessons", "check", *words, "--language", "en"]) == 2
    assert said in capsys.readouterr().err


def test_a_web_site(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lessons", "preview", str(SAMPLE), "--out", "site", "--language", "en"]) == 0
    assert capsys.readouterr().out == "7 pages are in site\n"
    for language in ("en", "pt-BR"):
        page = (here / "site" / language / "add-a-row.html").read_text("utf-8")
        assert f'<html lang="{language}">' in page
        assert (
            '<svg class="shapes" role="img" aria-label="table (2, 3) + row (3,) -&gt; total' in page
        )
        assert (here / "site" / language / "add-a-row" / "rows.svg").is_file()
        assert 'src="add-a-row/rows.svg"' in page
        assert "<table>" in page
        assert "reveal:" not in page
    # Every link between pages leads somewhere.
    for page in (here / "site").rglob("*.html"):
        for target in re.findall(r'(?:href|src)="([^"#]+)"', page.read_text("utf-8")):
            assert (page.parent / target).is_file(), (page, target)
    index = (here / "site/pt-BR/index.html").read_text("utf-8")
    assert index.index("Somar uma linha") < index.index("Colunas")


def test_a_pack_cannot_bring_html(here: Path) -> None:
    main(["lessons", "new", "mine"])
    page = here / "mine/lessons/flatten/en.md"
    page.write_text("# Title <script>\n\n<script>alert(1)</script>\n\n[a](javascript:alert(1))\n")
    assert main(["lessons", "preview", "mine"]) == 0
    shown = (here / "mine-site/en/flatten.html").read_text("utf-8")
    assert "<script>" not in shown
    assert 'href="javascript' not in shown


def test_a_broken_pack_has_no_web_site(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["lessons", "new", "mine"])
    (here / "mine/pack.toml").write_text("")
    assert main(["lessons", "preview", "mine", "--language", "en"]) == 1
    assert "`id` is missing" in capsys.readouterr().err
    assert not (here / "mine-site").exists()


def test_progress(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("ana", "bia"):
        progress = Progress(here / name)
        progress.opened("p", "one")
        progress.exercise("p", "one", 1, 2, name == "ana")
        progress.answer("p", "one", "q", True)
    assert main(["lessons", "progress", "ana", "bia", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["workspace"] for row in rows] == ["ana", "bia"]
    assert "passed" in rows[0]["lessons"]["p/one"]["exercise"]
    assert rows[1]["lessons"]["p/one"]["exercise"] == {"done": 1, "of": 2}
    assert main(["lessons", "progress", "ana", "bia", "--language", "pt-BR"]) == 0
    assert capsys.readouterr().out == (
        "ana\n  p/one: lida, exercício resolvido, 1 de 1 perguntas certas\n"
        "bia\n  p/one: lida, 1 de 2 passos, 1 de 1 perguntas certas\n"
    )
    (here / "ana/.shapewise/progress.json").write_text("{")
    assert main(["lessons", "progress", "ana"]) == 2
