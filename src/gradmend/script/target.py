"""Finds the script or module to run, the way Python itself does."""

from __future__ import annotations

import importlib.util
import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from gradmend.errors import FileError, UsageError, teach


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Something that can run as `__main__`.

    `argument` becomes `sys.argv[0]`, `folder` becomes `sys.path[0]`. `load` reads and
    compiles the source: what it raises is the script's own error.
    """

    argument: str
    folder: str
    file: str
    load: Callable[[], CodeType]
    spec: ModuleSpec | None = None

    def main_module(self) -> ModuleType:
        """Return a fresh `__main__`, as the interpreter would set it up."""
        main = ModuleType("__main__")
        main.__file__ = self.file
        main.__spec__ = self.spec
        names: dict[str, Any] = vars(main)
        names["__builtins__"] = sys.modules["builtins"]
        names["__cached__"] = None
        main.__package__ = self.spec.parent if self.spec else None
        if self.spec:
            main.__loader__ = self.spec.loader
        return main


def script_target(path: str) -> Target:
    """Return the target for `python PATH`.

    Raises:
        FileError: there is no such file, or it is a folder.
    """
    if Path(path).is_dir():
        raise FileError(_folder(path))
    if not Path(path).exists():
        raise FileError(_missing(path))
    file = os.path.abspath(path)
    return Target(
        argument=path,
        folder=os.path.dirname(os.path.realpath(path)),
        file=file,
        load=lambda: _compiled(file),
    )


def module_target(name: str) -> Target:
    """Return the target for `python -m NAME`; importing its parents runs their code.

    Raises:
        UsageError: there is no such module, or it is a package without `__main__`.
    """
    try:
        return _found_module(name)
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001 - a parent package failed: the script's own error
        return Target(argument=name, folder=os.getcwd(), file=name, load=_raising(error))


def _found_module(name: str) -> Target:
    spec = _spec(name)
    if spec is not None and spec.submodule_search_locations is not None:
        spec = _spec(f"{name}.__main__")
        if spec is None:
            raise UsageError(_package(name))
    loader: Any = spec.loader if spec else None
    if spec is None or not hasattr(loader, "get_code"):
        raise UsageError(_no_module(name))
    file = spec.origin or name
    found = spec
    return Target(
        argument=file,
        folder=os.getcwd(),
        file=file,
        load=lambda: loader.get_code(found.name),
        spec=spec,
    )


def _raising(error: Exception) -> Callable[[], CodeType]:
    def load() -> CodeType:
        raise error

    return load


def _compiled(file: str) -> CodeType:
    with io.open_code(file) as source:
        # dont_inherit: our own `from __future__` lines must not reach the script.
        return compile(source.read(), file, "exec", dont_inherit=True)


def _spec(name: str) -> ModuleSpec | None:
    loaded = sys.modules.get(name)
    if loaded is not None and loaded.__spec__ is None:
        return None
    try:
        return importlib.util.find_spec(name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            return None
        raise


def _missing(path: str) -> str:
    near = sorted(file.name for file in Path(path).absolute().parent.glob("*.py"))[:5]
    found = f" (that folder holds {', '.join(near)})" if near else ""
    return teach(
        f"there is no script {path!r}.",
        expected="the path of a Python script, and after it the script's own arguments",
        received=f"{path!r}, looked up from {os.getcwd()}{found}",
        means="a typing error, or a path that starts from another folder.",
        attempt="gradmend run path/to/train.py; for a module: gradmend run -m package.train",
    )


def _folder(path: str) -> str:
    scripts = sorted(file.name for file in Path(path).glob("*.py"))
    example = Path(path) / (scripts[0] if scripts else "train.py")
    return teach(
        f"{path!r} is a folder, not a script.",
        expected="the path of a Python script",
        received=f"a folder with {len(scripts)} Python files",
        means="the name of the script is missing at the end of the path.",
        attempt=f"gradmend run {example}",
    )


def _no_module(name: str) -> str:
    return teach(
        f"there is no module {name!r} that can run.",
        expected="a module that Python can import from here, as `python -m` would",
        received=f"{name!r}, looked up from {os.getcwd()}",
        means="its folder is not the working directory, or it is not installed.",
        attempt="change to the folder that holds the package, or pass a path without -m.",
    )


def _package(name: str) -> str:
    return teach(
        f"{name!r} is a package that cannot run by itself.",
        expected="a module, or a package with a __main__.py",
        received=f"the package {name!r} without {name}.__main__",
        means="the training script is one of the modules inside the package.",
        attempt=f"gradmend run -m {name}.train",
    )
