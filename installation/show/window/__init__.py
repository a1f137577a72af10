"""The window, mouse and keys."""
