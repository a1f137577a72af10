"""PICTURES: what the visitor sees."""
