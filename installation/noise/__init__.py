"""Roidl's noise tool as a rack: pure functions from frame to frame."""
