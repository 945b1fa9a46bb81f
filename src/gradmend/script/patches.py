"""Stands at the doors of Keras while a script runs: `fit`, and the ways around it.

gradmend must not import Keras before the script does, for the script may choose the
backend first. So the patches wait for the import, and go when the script is over.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import wrapt

from gradmend.script.session import Session


@contextmanager
def patched_keras(session: Session) -> Iterator[None]:
    """Let `session` see every `fit` inside the block."""
    with ExitStack() as undo:

        def on_keras(module: Any) -> None:
            if session.open:
                _patch(undo, session, module)

        def on_legacy(module: Any) -> None:
            if session.open:
                _watch(undo, module.Model, "fit", session, _saw_legacy)

        wrapt.register_post_import_hook(on_keras, "keras")
        wrapt.register_post_import_hook(on_legacy, "tf_keras")
        try:
            yield
        finally:
            session.open = False


def _patch(undo: ExitStack, session: Session, keras: Any) -> None:
    if keras.__version__.startswith("2."):
        _watch(undo, keras.Model, "fit", session, _saw_legacy)
        return
    _replace(undo, keras.Model, "fit", lambda original: _attended(original, session))
    if session.keeper is not None:  # only mending asks what models were made with
        for owner in (keras.Model, keras.Layer):
            _replace(undo, owner, "__new__", _remembering)
    _watch(undo, keras.Model, "train_on_batch", session, _saw_own_loop)
    _watch(undo, keras.optimizers.Optimizer, "apply", session, _saw_own_loop)


def _attended(original: Callable[..., Any], session: Session) -> Callable[..., Any]:
    @functools.wraps(original)
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not session.watches:
            return original(self, *args, **kwargs)
        return session.fit(original, self, *args, **kwargs)

    return fit


def _remembering(original: Callable[..., Any]) -> Any:
    """Note what the user's own classes are made with: Keras forgets it, and mending needs it."""

    @functools.wraps(original)
    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        made = original(cls, *args, **kwargs)
        if isinstance(made, cls):
            from gradmend.treatments.surgery.constructing import remember

            remember(made, args, kwargs)
        return made

    return staticmethod(new)


def _saw_own_loop(session: Session) -> None:
    session.own_loop = session.own_loop or not session.inside_fit


def _saw_legacy(session: Session) -> None:
    session.legacy = True


def _watch(
    undo: ExitStack, owner: Any, name: str, session: Session, saw: Callable[[Session], None]
) -> None:
    def noting(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            if session.watches:
                saw(session)
            return original(self, *args, **kwargs)

        return method

    _replace(undo, owner, name, noting)


def _replace(
    undo: ExitStack, owner: Any, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> None:
    """Replace a method on its class; it is put back only while ours still stands there."""
    inherited = name not in vars(owner)
    original = getattr(owner, name)
    stored = vars(owner).get(name)  # a staticmethod is more than what getattr gives
    ours = wrap(original)
    setattr(owner, name, ours)

    def put_back() -> None:
        if vars(owner).get(name) is not ours:
            return
        if inherited:
            delattr(owner, name)
        else:
            setattr(owner, name, stored)

    undo.callback(put_back)
