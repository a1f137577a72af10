"""Video files in and out: the only package that knows PyAV.

Reading yields upright RGB frames of square pixels one at a time, each with its own time, never a
whole file. Writing makes H.264 in MP4 that plays in a browser.
"""

from installation.video.pictures import fitted, from_jpeg, jpeg_bytes, png_bytes
from installation.video.reader import VideoReader
from installation.video.writer import VideoWriter

__all__ = ["VideoReader", "VideoWriter", "fitted", "from_jpeg", "jpeg_bytes", "png_bytes"]
