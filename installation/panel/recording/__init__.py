"""Panels recorded to a file, and played back from it."""
