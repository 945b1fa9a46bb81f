"""The hook behind `gradmend run`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from gradmend.monitor.clinic import Clinic
from gradmend.script.clinic import house_clinic
from gradmend.script.ending import run_to_its_end
from gradmend.script.keeping import Keeper
from gradmend.script.patches import patched_keras
from gradmend.script.reports import ScriptReport
from gradmend.script.session import Session
from gradmend.script.stage import as_main, own_arguments, own_path
from gradmend.script.target import Target, module_target, script_target
from gradmend.script.verdict import judge_script


def run(
    target: str,
    arguments: Sequence[str] = (),
    *,
    module: bool = False,
    clinic: Clinic | None = None,
    keep: bool = False,
) -> ScriptReport:
    """Run a script as `__main__`, unchanged, and examine every `fit` in it.

    The script sees what it would see under `python target arguments`: its own
    `sys.argv`, its folder first on `sys.path`, a fresh `__main__`. Its output passes
    through, an uncaught exception is printed as Python prints it, and its trainings
    yield bit for bit what they yield without gradmend. All is put back on the way out.

    Args:
        target: path of a script, or with `module` the dotted name of a module.
        arguments: what follows the script on its command line.
        module: run like `python -m target`.
        clinic: what examines and judges; gradmend's own by default.
        keep: hold model and data of the worst fit, to mend it afterwards.

    Returns:
        The fits in order, the script's exit code, and the verdict: the worst of the fits.

    Raises:
        FileError: there is no such script, or it is a folder.
        UsageError: there is no such module, or it cannot run by itself.

    Example:
        >>> import pathlib, tempfile
        >>> script = pathlib.Path(tempfile.mkdtemp(), "hello.py")
        >>> _ = script.write_text("import sys; print('hello', *sys.argv[1:])")
        >>> report = run(str(script), ["Ada"])
        hello Ada
        >>> report.exit_code, report.verdict.value, report.reason
        (0, 'unknown', 'the script ended without calling fit()')
    """
    keeper = Keeper() if keep else None
    session = Session(clinic=clinic or house_clinic(), folder=os.getcwd(), keeper=keeper)
    if module:
        with patched_keras(session), own_path(os.getcwd()), own_arguments("-m", arguments):
            return _run(module_target(target), arguments, session)
    found = script_target(target)
    session.folder = found.folder
    with patched_keras(session):
        return _run(found, arguments, session)


def _run(target: Target, arguments: Sequence[str], session: Session) -> ScriptReport:
    main = target.main_module()

    def script() -> None:
        exec(target.load(), vars(main))  # noqa: S102 - running the user's script is what we are for

    with own_path(target.folder), own_arguments(target.argument, arguments), as_main(main):
        exit_code, error = run_to_its_end(script)
    if os.getpid() != session.process:
        sys.exit(exit_code)  # a child that the script forked: its parent reports
    session.close()
    fits = session.fits
    verdict, reason = judge_script(fits, session.why_no_fit(error))
    return ScriptReport(
        fits=fits,
        exit_code=exit_code,
        error=error,
        verdict=verdict,
        reason=reason,
        kept=session.keeper.worst if session.keeper else None,
    )
