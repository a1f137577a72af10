"""TAKE HOME: the web, in a process of its own: visitors' takes, and the operators' page."""
