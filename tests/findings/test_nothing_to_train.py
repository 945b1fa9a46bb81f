from __future__ import annotations

from dataclasses import replace

from gradmend.findings.nothing_to_train import check
from gradmend.records import Measurements, Severity
from tests.findings.records import mlp


def frozen(layers: int, parameters: int, trainable: int = 0) -> Measurements:
    m = mlp()
    facts = replace(
        m.model, frozen_layers=layers, parameters=parameters, trainable_parameters=trainable
    )
    return replace(m, model=facts)


def test_a_frozen_model_is_certain() -> None:
    (finding,) = check(frozen(4, 12_000))
    assert finding.message == (
        "all 4 layers with weights are frozen: 0 of 12,000 parameters can change (at least 1 must)"
    )
    assert (finding.severity, finding.certain) == (Severity.ERROR, True)


def test_a_model_without_weights() -> None:
    (finding,) = check(frozen(0, 0))
    assert finding.message.startswith("the model has no weights")


def test_is_silent_on_a_frozen_backbone_under_a_trained_head() -> None:
    assert not list(check(frozen(4, 12_000, trainable=650)))


def test_is_silent_without_an_optimizer() -> None:
    assert not list(check(replace(frozen(4, 12_000), optimizer=None)))
