"""Files as libav opens them: from this machine only, films only, and the stream a player shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from installation.vocabulary import UglyError

FORMATS = (
    "mov,matroska,webm,avi,asf,flv,live_flv,kux,f4v,mpegts,mpeg,mpegvideo,ogg,ivf,obu,av1,nut,mxf,gxf,"
    "dv,rm,ivr,wtv,swf,mjpeg,smjpeg,m4v,h261,h263,h264,hevc,vvc,evc,vc1,dirac,cavsvideo,avs2,avs3,"
    "yuv4mpegpipe,gif,apng,jpegxl_anim,nsv,amv,bink,smk,roq,flic,film_cpk,nuv,pva,ty,dhav,lvf"
)
"""The demuxers that may look at a file. Left out: those that open further files or addresses
(playlists, session descriptions), still pictures, and text drawn as a picture (a .txt)."""

_NO_FILM = (
    Disposition.attached_pic
    | Disposition.timed_thumbnails
    | Disposition.still_image
    | Disposition.dependent
)
_FOR_FEW = Disposition.hearing_impaired | Disposition.visual_impaired | Disposition.comment


def reason(error: BaseException) -> str:
    """A library's complaint in a few words."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).splitlines()[0][:80]


def opened(path: Path) -> InputContainer:
    """Open a film. The file itself is handed over, so that no name is ever taken for an address.

    Raises:
        UglyError: if it is missing, a folder, or no film.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise UglyError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise UglyError(f"{path}: a folder, not a video file") from None
    except (OSError, ValueError) as error:
        raise UglyError(f"{path}: cannot be read ({reason(error)})") from None
    try:
        return av.open(
            file, "r", options={"format_whitelist": FORMATS, "protocol_whitelist": "file"}
        )  # it keeps the file open as long as it needs it
    except (av.FFmpegError, OSError, ValueError) as error:
        file.close()
        why = "sound, text, a list or a picture" if isinstance(error, av.ArgumentError) else ""
        raise UglyError(
            f"{path}: not a readable video ({why or reason(error)}); try another file"
        ) from None


def film_of(streams: Sequence[VideoStream]) -> VideoStream | None:
    """The stream a player would show: no cover, marked as the default, made for everybody, the
    largest; of equals the first. None if there is none."""

    def rank(stream: VideoStream) -> tuple[bool, bool, int]:
        marks, context = stream.disposition, stream.codec_context
        default, for_few = bool(marks & Disposition.default), bool(marks & _FOR_FEW)
        return default, not for_few, (context.width or 0) * (context.height or 0)

    # A stream of a codec that nobody here knows has no context, whatever its type says.
    known = [stream for stream in streams if cast(object, stream.codec_context) is not None]
    films = [stream for stream in known if not stream.disposition & _NO_FILM]
    return max(films, key=rank, default=None)
