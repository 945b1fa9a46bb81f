"""Runs a script unchanged and examines every `fit` in it. Imports Keras only after the script."""

from gradmend.script.mending import mend_kept
from gradmend.script.reports import FitReport, ScriptReport
from gradmend.script.running import run

__all__ = ["FitReport", "ScriptReport", "mend_kept", "run"]
