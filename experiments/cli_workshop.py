"""The command `stargate workshop`; what it stands on is imported when it is called."""

import importlib.util
from typing import Literal

from experiments.cli_types import Flag, Whole
from experiments.errors import BadInput

DEFAULT_PORT, MOST_PORT = 8765, 65535
_NEEDED = ("anywidget", "ipyvuetify", "segno", "solara", "starlette", "uvicorn", "websockets")


def workshop(
    *, host: str = "127.0.0.1", port: Whole = DEFAULT_PORT, lang: Literal["en", "fr"] = "en", check: Flag = False
) -> None:
    """Open the workshop page: drag a lever and see what the model answers, without the internet.

    Args:
        host: address to listen on; only this machine unless asked, 0.0.0.0 for everybody in the room.
        port: to listen on.
        lang: language of the page, en or fr.
        check: prepare a room without internet (compile, look for all files, show the address as a QR code), then end.
    """
    if not 1 <= port <= MOST_PORT:
        raise BadInput(f"--port {port} is outside 1..{MOST_PORT}; give another")
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise BadInput(f"the page needs {', '.join(missing)}; install it with: pip install 'stargate-abm[workshop]'")
    from experiments.workshop import command

    if check:
        command.check(host, port, lang)
    else:
        command.open_room(host, port, lang)
