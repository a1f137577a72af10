"""The panels there are, by the names settings and command line know them by."""

PANELS = ("onscreen", "arduino", "simulated", "midi", "replay")
