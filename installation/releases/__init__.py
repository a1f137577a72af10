"""A kiosk's releases: laid side by side, a new one on trial, the old one coming back by itself"""
