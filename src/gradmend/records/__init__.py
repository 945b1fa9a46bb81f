"""The immutable records that every other part reads or writes. Standard library only."""

from gradmend.records.checkup import Verdict, Visit
from gradmend.records.course import Course
from gradmend.records.facts import (
    LossFacts,
    ModelFacts,
    OptimizerFacts,
    OutputFacts,
    TensorFacts,
)
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.records.rehearsal import Rehearsal
from gradmend.records.signals import (
    BackwardSignal,
    ForwardSignal,
    LayerCall,
    TimeSignal,
    WeightSignal,
)
from gradmend.records.trial import Arm, Change, Outcome, Run, Trial
from gradmend.records.unrolled import (
    GateSignal,
    KernelSignal,
    ReachSignal,
    StateCurve,
    Unrolled,
)

__all__ = [
    "Arm",
    "BackwardSignal",
    "Cause",
    "Change",
    "Course",
    "Evidence",
    "Finding",
    "ForwardSignal",
    "GateSignal",
    "Grade",
    "KernelSignal",
    "LayerCall",
    "LossFacts",
    "Measurements",
    "ModelFacts",
    "OptimizerFacts",
    "Outcome",
    "OutputFacts",
    "Prescription",
    "ReachSignal",
    "Rehearsal",
    "Run",
    "Severity",
    "StateCurve",
    "Symptom",
    "TensorFacts",
    "TimeSignal",
    "Trial",
    "Unrolled",
    "Verdict",
    "Visit",
    "WeightSignal",
]
