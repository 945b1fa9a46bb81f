"""Faults have a place, are where they say they are, and make a network that learned fail."""

from __future__ import annotations

import re
from functools import cache

import pytest

from gradmend.gallery._program import Program
from gradmend.gallery.seeding import BASES, FAULTS, Base, Fault, Seeded, seeded_patients, split_of
from gradmend.gallery.seeding.variations import VARIATIONS

BY_NAME = {base.name: base for base in BASES}
DIGITS = BY_NAME["digits"]


def fault_named(name: str) -> Fault:
    return next(fault for fault in (*FAULTS, *VARIATIONS) if fault.name == name)


@cache
def healthy(base: Base) -> Program:
    return base.build(0)


def first_place(fault: Fault) -> Program | None:
    made = (fault.put_into(healthy(base)) for base in BASES)
    return next((program for program in made if program is not None), None)


def test_names_are_unique_and_readable() -> None:
    for table in (BASES, FAULTS, VARIATIONS):
        names = [entry.name for entry in table]
        assert len(set(names)) == len(names)
        assert all(re.fullmatch(r"[a-z0-9.]+(-[a-z0-9.]+)*", name) for name in names)


def test_faults_know_their_causes_and_variations_have_none() -> None:
    assert all(fault.causes for fault in FAULTS)
    assert not any(variation.causes for variation in VARIATIONS)


@pytest.mark.parametrize("fault", [*FAULTS, *VARIATIONS], ids=lambda fault: fault.name)
def test_has_a_place_and_names_its_layers(fault: Fault) -> None:
    program = first_place(fault)
    assert program is not None
    assert {layer.name for layer in program.model.layers} >= set(program.faulty)


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_a_base_has_as_many_answers_as_rows(base: Base) -> None:
    program = healthy(base)
    said = program.model(program.x)
    for name, truth in program.truth.items() if isinstance(said, dict) else [("", program.truth)]:
        assert len(said[name] if name else said) == len(truth)


def learned(program: Program | None) -> float:
    assert program is not None
    case = program.compiled()
    case.model.fit(case.x, case.y, **program.fit_arguments)
    return program.skill()


def test_the_twin_learns_and_the_patient_does_not() -> None:
    well = learned(DIGITS.build(0))
    sick = learned(Seeded(base=DIGITS, fault=fault_named("rate-zero")).build(0))
    assert well > 0.8
    assert sick < 0.2


def test_a_fault_leaves_the_base_alone() -> None:
    program = DIGITS.build(0)
    before = program.x.copy(), program.model.get_weights()[0].copy(), dict(program.optimizer)
    for name in ("inputs-x255", "wide-weights", "rate-x100", "shuffled-labels"):
        assert fault_named(name).put_into(program) is not None
    assert (program.x == before[0]).all()
    assert (program.model.get_weights()[0] == before[1]).all()
    assert program.optimizer == before[2]


@pytest.mark.parametrize(
    ("base", "fault", "changed"),
    [
        ("digits", "deep-sigmoid", [f"hidden_2_{i}" for i in range(12)]),
        ("digits", "dead-biases", ["hidden_1", "hidden_2"]),
        ("residual", "relu-head", ["head"]),
        ("bidirectional", "relu-recurrence", ["both_ways"]),
    ],
)
def test_the_layers_with_the_fault(base: str, fault: str, changed: list[str]) -> None:
    program = Seeded(base=BY_NAME[base], fault=fault_named(fault)).build(0)
    assert program is not None
    assert list(program.faulty) == changed


def test_what_a_wrapped_layer_holds_is_changed() -> None:
    program = Seeded(base=BY_NAME["bidirectional"], fault=fault_named("relu-recurrence")).build(0)
    assert program is not None
    both = program.model.get_layer("both_ways")
    assert both.forward_layer.activation.__name__ == "relu"
    assert both.backward_layer.activation.__name__ == "relu"


@pytest.mark.parametrize(
    ("base", "fault"),
    [
        ("subclassed", "wide-weights"),
        ("digits", "one-unit-softmax"),
        ("text-average", "inputs-x255"),
        ("digits", "no-normalization"),
    ],
)
def test_a_fault_without_a_place_says_so(base: str, fault: str) -> None:
    assert Seeded(base=BY_NAME[base], fault=fault_named(fault)).build(0) is None


def test_a_part_is_split_off_for_good() -> None:
    splits = [patient.split for patient in seeded_patients()]
    assert 0.35 < splits.count("test") / len(splits) < 0.45
    assert (split_of("digits+rate-zero"), split_of("digits+rate-x100")) == ("dev", "dev")
