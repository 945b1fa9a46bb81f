"""The only place that touches a gradient: one batch in, one immutable record out."""

from gradmend.measure.instrument import Instrument, measure

__all__ = ["Instrument", "measure"]
