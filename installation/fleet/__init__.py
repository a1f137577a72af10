"""Several booths, one gallery: who belongs, what travels, what was withdrawn."""
