"""The shipped firmware in a simulator, as a panel; pins and wiring."""
