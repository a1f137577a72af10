"""A gallery rendered anew, at another size, speed or model, by many processes or machines."""
