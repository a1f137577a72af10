"""TAKE HOME: the web side; issues to come build it."""
