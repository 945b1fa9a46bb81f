"""A script runs as it would under Python itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gradmend.errors import FileError, UsageError
from gradmend.script import run
from tests.script.conftest import Outcome, drive

Run = Callable[..., Outcome]


def test_a_script_sees_what_python_would_show_it(run_script: Run, tmp_path: Path) -> None:
    source = """
        import os, sys
        main = sys.modules["__main__"]
        print(__name__, sys.argv, sys.path[0], __file__, main.__dict__ is globals(), os.getcwd())
        print(__spec__, __package__, sorted(k for k in globals() if k.startswith("__")))
        """
    ours = run_script(source, "--epochs", "3")
    path = str(tmp_path / "train.py")
    plain = subprocess.run(
        [sys.executable, path, "--epochs", "3"], capture_output=True, text=True, check=True
    )
    # Only Python's own start leaves __annotations__ and __loader__ differently filled.
    assert ours.out.splitlines()[0] == plain.stdout.splitlines()[0]
    assert ours.out.splitlines()[1].startswith("None None ")
    assert ours.report["exit_code"] == 0


def test_what_a_script_defines_can_be_pickled(run_script: Run) -> None:
    ended = run_script(
        """
        import pickle
        class Point:
            pass
        print(type(pickle.loads(pickle.dumps(Point()))) is Point)
        """
    )
    assert ended.out == "True"


def test_a_module_beside_the_script_can_be_imported(run_script: Run, tmp_path: Path) -> None:
    (tmp_path / "my_data.py").write_text("ROWS = 7")
    assert run_script("import my_data; print(my_data.ROWS)").out == "7"


@pytest.mark.parametrize(
    ("ending", "code", "printed"),
    [
        ("", 0, ""),
        ("sys.exit()", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("sys.exit('no data found')", 1, "no data found\n"),
        ("raise SystemExit(5)", 5, ""),
    ],
)
def test_the_exit_code_is_the_scripts_own(
    run_script: Run, ending: str, code: int, printed: str
) -> None:
    ended = run_script(f"import sys\n{ending}\n")
    assert ended.report["exit_code"] == code
    assert ended.report["error"] is None
    assert ended.err == printed


def test_an_uncaught_exception_is_printed_as_python_prints_it(
    run_script: Run, tmp_path: Path
) -> None:
    source = """
        def load():
            try:
                {}["rows"]
            except KeyError as error:
                raise ValueError("no rows") from error
        load()
        """
    ours = run_script(source)
    plain = subprocess.run(
        [sys.executable, str(tmp_path / "train.py")], capture_output=True, text=True, check=False
    )
    assert ours.err == plain.stderr
    assert (ours.report["exit_code"], ours.report["error"]) == (1, "ValueError: no rows")
    assert ours.report["reason"] == "the script raised ValueError: no rows before its first fit()"


def test_a_syntax_error_is_the_scripts(run_script: Run, tmp_path: Path) -> None:
    ours = run_script("model = = 3\n")
    plain = subprocess.run(
        [sys.executable, str(tmp_path / "train.py")], capture_output=True, text=True, check=False
    )
    assert ours.err == plain.stderr
    assert ours.report["exit_code"] == 1


def test_an_interrupt_ends_with_130(run_script: Run) -> None:
    ended = run_script("raise KeyboardInterrupt\n")
    assert (ended.report["exit_code"], ended.report["error"]) == (130, "KeyboardInterrupt")
    assert "KeyboardInterrupt" in ended.err
    assert "gradmend" not in ended.err


def test_a_module_runs_like_python_dash_m(tmp_path: Path) -> None:
    package = tmp_path / "trainings"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "rows.py").write_text("N = 4")
    (package / "deep.py").write_text(
        "import sys\nfrom .rows import N\n"
        "print(__name__, __package__, __spec__.name, N, sys.argv, sys.path[0])\n"
    )
    ours = drive("-m", "trainings.deep", "--fast", cwd=tmp_path)
    plain = subprocess.run(
        [sys.executable, "-m", "trainings.deep", "--fast"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert ours.out == plain.stdout.strip()


def test_a_package_runs_its_main(tmp_path: Path) -> None:
    package = tmp_path / "trainings"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("print(__name__, __package__)")
    assert drive("-m", "trainings", cwd=tmp_path).out == "__main__ trainings"


def test_a_missing_script_is_explained(tmp_path: Path) -> None:
    (tmp_path / "train.py").touch()
    with pytest.raises(FileError) as raised:
        run(str(tmp_path / "trian.py"), [])
    text = str(raised.value)
    assert text.startswith("there is no script ")
    assert "that folder holds train.py" in text
    assert "gradmend run path/to/train.py" in text


def test_a_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "train.py").touch()
    with pytest.raises(FileError) as raised:
        run(str(tmp_path), [])
    assert "is a folder, not a script" in str(raised.value)
    assert f"gradmend run {tmp_path / 'train.py'}" in str(raised.value)


def test_a_missing_module_is_explained() -> None:
    before = list(sys.path), list(sys.argv)
    with pytest.raises(UsageError) as raised:
        run("no_such_package.train", [], module=True)
    assert "there is no module 'no_such_package.train'" in str(raised.value)
    assert "change to the folder that holds the package" in str(raised.value)
    assert before == (list(sys.path), list(sys.argv))


def test_a_package_without_main_is_explained() -> None:
    with pytest.raises(UsageError, match="'concurrent' is a package that cannot run by itself"):
        run("concurrent", [], module=True)


def test_a_parent_package_that_fails_is_the_scripts_error(tmp_path: Path) -> None:
    package = tmp_path / "broken"
    package.mkdir()
    (package / "__init__.py").write_text("raise ValueError('half installed')")
    (package / "train.py").touch()
    ended = drive("-m", "broken.train", cwd=tmp_path)
    assert ended.report["error"] == "ValueError: half installed"
    assert ended.report["exit_code"] == 1


def test_all_is_put_back_when_the_script_raises(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text("import sys; sys.path.append('x'); sys.argv.append('y'); 1 / 0")
    before = list(sys.path), list(sys.argv), sys.modules["__main__"]
    assert run(str(script), []).exit_code == 1
    assert before == (list(sys.path), list(sys.argv), sys.modules["__main__"])
