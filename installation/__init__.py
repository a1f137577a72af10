"""UGly-Net: an installation in which visitors carve a slow-motion network with their hands."""

__version__ = "0.1.0"
