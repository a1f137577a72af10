"""CLIPS IN: where two-second clips come from."""
