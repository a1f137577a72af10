"""Shapes, text and colours, and how they reach a canvas. Knows no scene."""
