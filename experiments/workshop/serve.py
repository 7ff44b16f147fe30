"""The web server of the workshop: Solara's own application behind a guard, and the page's own files."""

import importlib
import os
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from experiments.errors import BadInput
from experiments.workshop import house
from experiments.workshop.house import House

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

_SETTINGS = {
    "SOLARA_APP": "experiments.workshop.app",
    "SOLARA_MODE": "production",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_ASSETS_EXTRA_LOCATIONS": str(Path(__file__).parent / "assets"),
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "Stargate workshop",
    "SOLARA_STATE_AUTO_REMOUNT": "true",
    "SOLARA_KERNEL_CULL_TIMEOUT": "30m",
    "SOLARA_SESSION_HTTP_ONLY": "true",
}
_MOST_MESSAGE_BYTES = 65536
_POLITE_SECONDS = 2
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss: blob:; worker-src 'self' blob:; "
    "frame-ancestors 'self'"
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]


def application() -> Any:
    """The ASGI application; reads Solara's settings from the environment when it is first imported."""
    os.environ |= _SETTINGS
    solara = importlib.import_module("solara.server.starlette")
    static = importlib.import_module("starlette.staticfiles").StaticFiles(directory=house.FRONT)
    front = importlib.import_module("starlette.middleware.gzip").GZipMiddleware(static, minimum_size=1000)

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not _is_same_origin(scope):
            await send({"type": "websocket.close", "code": 1008})
            return
        parts = scope.get("path", "").split("/", 3)
        if scope["type"] == "http" and parts[1:2] == ["workshop-front"] and len(parts) > 3:
            inside = dict(scope) | {"path": f"/{parts[3]}", "raw_path": f"/{parts[3]}".encode(), "root_path": ""}
            await front(inside, receive, _with_headers(send, is_forever=True))
        elif scope["type"] == "http" and parts[1:2] == ["resourcez"]:
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        else:
            await solara.app(scope, receive, _with_headers(send) if scope["type"] == "http" else send)

    return guarded


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens, so that a port in use is known before anything is loaded.

    Raises:
        BadInput: if the address cannot be had.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise BadInput(f"cannot open {host} port {port} ({why}); give another --port or --host") from error
    return listening


def serve(listening: socket.socket, language: str, say: Callable[[], None]) -> None:
    """Serve until interrupted; `say` is called when pages can be opened."""
    import uvicorn

    from experiments.workshop.crew import Crew

    app = application()
    opened = House(Crew(), language)
    house.open_house(opened)
    config = uvicorn.Config(
        app, ws_max_size=_MOST_MESSAGE_BYTES, log_level="warning", timeout_graceful_shutdown=_POLITE_SECONDS
    )
    try:
        say()
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        opened.crew.close()


def _is_same_origin(scope: Scope) -> bool:
    """Whether the page that opens the connection came from here; programs that are no browser send no origin."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    return not origin or urlsplit(origin).netloc == headers.get(b"host", b"").decode("latin-1")


def _with_headers(send: Send, *, is_forever: bool = False) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            more = [(b"cache-control", b"public, max-age=31536000, immutable")] if is_forever else []
            message["headers"] = [*message.get("headers", []), *_HEADERS, *more]
        await send(message)

    return sending
