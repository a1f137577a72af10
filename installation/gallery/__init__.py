"""KEPT: takes, on disk and in memory."""
