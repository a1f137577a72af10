"""The verbs of `uglynet`, one module each: thin command lines over the rooms."""
