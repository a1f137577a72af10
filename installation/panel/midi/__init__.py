"""MIDI controllers as panels."""
