"""Simulated visits: the booth without hands, window or devices of its own."""
