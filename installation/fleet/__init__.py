"""Several booths, one gallery: who may say what, what travels, and how every booth is."""
