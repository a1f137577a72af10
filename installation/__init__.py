"""UGly-Net: an installation in which visitors carve a slow-motion network with their hands.

What must hold before any library is loaded is set here, since nothing of ours runs earlier.
"""

import os

__version__ = "0.1.0"

# ONNX Runtime 1.29 and later telephones its maker, and keeps a number of the machine in the cache
# folder, unless this is set before it is imported. Not a default: nobody can have wished for it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# pygame greets on stdout when it is imported, amid what a machine may read.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
