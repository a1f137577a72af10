"""Keeps every picture under WCAG 2.3.1, and measures whether it is."""
