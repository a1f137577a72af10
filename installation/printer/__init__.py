"""PAPER: what leaves on a receipt printer, or on any that CUPS knows"""
