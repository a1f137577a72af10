"""UGly-Net: an installation in which visitors carve a slow-motion network with their hands."""

import os

__version__ = "0.1.0"

# pygame greets on stdout when it is imported, amid what a machine may read.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
