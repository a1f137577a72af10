"""Training the dreams: three small generators of clouds, landscapes and books."""
