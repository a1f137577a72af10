"""A package, so that its conftest.py and the one of all tests have different module names."""
