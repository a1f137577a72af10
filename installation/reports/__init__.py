"""Measured and pictured: atlas, curves, benches. Nothing here runs in the show."""
