"""What phones ask of every network, to find out whether it leads anywhere. On the hotspot it leads
here: they get the answer they hope for, and stay. Anywhere else nobody asks us.

Android: /generate_204, /gen_204 (status 204). Apple: a page that says Success. Windows:
/connecttest.txt, /ncsi.txt. Firefox and GNOME: a short text.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

SUCCESS = "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"
TEXTS = {
    "/connecttest.txt": "Microsoft Connect Test",
    "/ncsi.txt": "Microsoft NCSI",
    "/success.txt": "success\n",
    "/check_network_status.txt": "NetworkManager is online\n",
}


def online_routes() -> list[Route]:
    """Every path that is asked for."""
    return [
        *(Route(path, _nothing, methods=["GET"]) for path in ("/generate_204", "/gen_204")),
        *(
            Route(path, _success, methods=["GET"])
            for path in ("/hotspot-detect.html", "/library/test/success.html")
        ),
        *(Route(path, _text, methods=["GET"]) for path in TEXTS),
    ]


async def _nothing(request: Request) -> Response:
    return Response(status_code=204)


async def _success(request: Request) -> Response:
    return HTMLResponse(SUCCESS)


async def _text(request: Request) -> Response:
    return PlainTextResponse(TEXTS[request.url.path])
