"""Cures, one file each: what each changes, when it helps, when it harms.

Treatments name the findings they answer by cause and code, so that neither package
imports the other.
"""

from __future__ import annotations

from gradmend.treatments._table import TREATMENTS
from gradmend.treatments._treatment import Treatment
from gradmend.treatments.installed import installed_treatments
from gradmend.treatments.prescribe import prescribe

__all__ = ["TREATMENTS", "Treatment", "installed_treatments", "prescribe"]
