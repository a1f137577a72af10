"""MEANING: what the knobs carve."""
