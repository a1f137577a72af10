"""The wiring: the only room that knows everyone."""
