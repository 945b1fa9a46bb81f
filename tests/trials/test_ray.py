"""The way to Ray, with a stand-in for Ray that runs its actors in this process."""

from __future__ import annotations

import sys
import types
from concurrent.futures import Future
from typing import Any

import pytest

import gradmend
from gradmend.trials import Budget, executor_for
from tests.trials.parallel import JUDGED, STEPS, TRAIN, clinic, network, trial

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis")


class Reference:
    def __init__(self, work: Any) -> None:
        self._future: Future[Any] = Future()
        try:
            self._future.set_result(work())
        except Exception as error:  # noqa: BLE001 - it is kept, as in Ray
            self._future.set_exception(error)

    def future(self) -> Future[Any]:
        return self._future


class Method:
    def __init__(self, call: Any) -> None:
        self.call = call

    def remote(self, *arguments: Any) -> Reference:
        return Reference(lambda: self.call(*arguments))


class Actor:
    def __init__(self, thing: Any) -> None:
        self.do, self.ready = Method(thing.do), Method(thing.ready)


class RemoteClass:
    def __init__(self, kind: Any) -> None:
        self.kind = kind

    def options(self, **settings: Any) -> RemoteClass:
        return self

    def remote(self, *arguments: Any) -> Actor:
        return Actor(self.kind(*arguments))


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    gone: list[Any] = []
    module = types.ModuleType("ray")
    module.__dict__.update(
        is_initialized=lambda: True,
        remote=RemoteClass,
        get=lambda reference: reference.future().result(),
        kill=gone.append,
    )
    monkeypatch.setitem(sys.modules, "ray", module)
    return gone


def test_actors_give_the_result_of_one_after_another(killed: list[Any]) -> None:
    patient = clinic()
    runner, note = executor_for(
        patient, TRAIN, JUDGED, 32, budget=Budget(steps=STEPS), workers=2, executor="ray"
    )
    assert note == ""
    assert trial(patient, runner)[0].arms == trial(patient)[0].arms
    runner.close()
    assert killed


def test_without_ray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    patient = clinic()
    with pytest.raises(gradmend.UsageError, match=r"pip install 'gradmend\[ray\]'"):
        executor_for(patient, TRAIN, JUDGED, 32, budget=Budget(steps=STEPS), executor="ray")
    assert network().built
