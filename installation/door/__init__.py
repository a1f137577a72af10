"""TAKE HOME: the web side. Empty so far."""
