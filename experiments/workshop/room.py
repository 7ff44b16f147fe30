"""One person's page as a widget: what its browser asks goes to the crew; answers come back in the session's loop."""

import asyncio
import contextlib
import functools
import logging
from collections.abc import Callable
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray
from solara.server import kernel_context

from abm import StargateError
from experiments.errors import BadInput, one_line
from experiments.workshop import house, opening
from experiments.workshop.answers import SERIES, dumped, series_json
from experiments.workshop.crew import BAND, IDLE, NET, PREVIEW, RELEASE, SHARED, Answer, Ticket
from experiments.workshop.levers import lever_names
from experiments.workshop.question import Question
from experiments.workshop.work import Failed, Task

_LOG = logging.getLogger(__name__)
_LOADER = """
export default {
  async render({ model, el }) {
    const start = model.get("start");
    const room = await import(new URL(start.front + "/room.js", location.href).href);
    return room.mount({ model, el, start });
  },
};
"""
_MOST_LANES = 16
_QUANTILES = (0.05, 0.5, 0.95)
_TOLD_AT = (5, 10, house.BAND_SEEDS)
_ESTIMATED = (
    *(name for name in SERIES if name.startswith("jobs_")),
    "stargate_operating_mw",
    "stargate_spent_total_usd",
    "openai_compute_mw",
)
_DROP = "drop"
_RANKS = {"whole": RELEASE, "base": SHARED, "preview": PREVIEW, "net": NET, "band": BAND, "ends": IDLE}


class Room(anywidget.AnyWidget):
    """The page; everything it shows it draws in the browser from what is sent here."""

    _esm = _LOADER
    start = traitlets.Dict().tag(sync=True)

    def __init__(self, search: str | None = None, **traits: Any) -> None:
        super().__init__(start=opening.told(search), **traits)
        self._lanes: dict[str, list[Ticket]] = {}
        self._later = _deliverer()
        self.on_msg(self._heard)

    def close(self) -> None:
        """Want nothing any more, and go."""
        for lane in list(self._lanes):
            self._drop(lane)
        super().close()

    def _heard(self, _: Any, said: Any, __: Any) -> None:
        """Take a wish: lane, id, kind and question; a newer one on the same lane makes it void."""
        lane, number = "", None
        try:
            lane, number, kind = _wish(said)
            if kind == _DROP:
                return self._drop(lane)
            if lane not in self._lanes and len(self._lanes) >= _MOST_LANES:
                raise BadInput("this page asks too much at once; reload it")
            question = Question.of(said.get("question"))
            self._drop(lane)
            self._ask(lane, kind, question, functools.partial(self._tell, lane, number))
        except StargateError as error:
            self._say({"kind": "refused", "lane": lane, "id": number, "why": one_line(error)}, b"")
        except Exception:  # nothing a browser sends may end the session
            _LOG.exception("a wish could not be taken")
            self._say({"kind": "refused", "lane": lane, "id": number, "why": "that could not be understood"}, b"")

    def _drop(self, lane: str) -> None:
        for ticket in self._lanes.pop(lane, []):
            ticket.drop()

    def _ask(self, lane: str, kind: str, question: Question, tell: Callable[[dict[str, Any], Answer], None]) -> None:
        crew, rank = house.house().crew, _RANKS[kind]
        tickets = self._lanes.setdefault(lane, [])
        if kind == "band":
            gathered = _Gathered(tell)
            tickets += [crew.ask(task, rank, gathered.add) for task in house.band(question)]
        elif kind == "ends":
            for name in lever_names():
                for value, task in house.estimated(name).items():
                    told = functools.partial(_told_point, tell, {"name": name, "value": value})
                    tickets.append(crew.ask(task, rank, told))
        elif kind in ("whole", "base"):
            task = Task(question, house.FINE, is_whole=True)
            tickets.append(crew.ask(task, rank, lambda answer: tell({}, answer)))
        else:
            task = house.without(question) if kind == "net" else Task(question, house.COARSE, is_whole=False)
            tickets.append(crew.ask(task, rank, lambda answer: tell({}, _series(answer))))

    def _tell(self, lane: str, number: int, more: dict[str, Any], answer: Answer) -> None:
        """From any thread: have the session's loop send it."""
        if isinstance(answer, Failed):
            self._later(self._say, {"kind": "refused", "lane": lane, "id": number, "why": answer.why}, b"")
        else:
            self._later(self._say, {"kind": "answer", "lane": lane, "id": number, **more}, answer)

    def _say(self, head: dict[str, Any], body: bytes) -> None:
        self.send(head, buffers=[body] if body else None)


class _Gathered:
    """Series of one question under several seeds, told as quantiles when there are enough."""

    def __init__(self, tell: Callable[[dict[str, Any], Answer], None]) -> None:
        self._tell, self._series = tell, list[NDArray[np.float64]]()

    def add(self, answer: Answer) -> None:
        """Take one seed's series; a run that failed is left out."""
        if isinstance(answer, Failed):
            return
        self._series.append(_array(answer))
        if (seeds := len(self._series)) in _TOLD_AT:
            low, middle, high = np.quantile(np.stack(self._series), _QUANTILES, axis=0)
            body = dumped({"low": series_json(low), "middle": series_json(middle), "high": series_json(high)})
            self._tell({"seeds": seeds, "of": house.BAND_SEEDS}, body)


def _wish(said: Any) -> tuple[str, int, str]:
    if not isinstance(said, dict):
        raise BadInput("what the page sent is not an object; reload it")
    lane, number, kind = said.get("lane"), said.get("id"), said.get("kind")
    if not isinstance(lane, str) or len(lane) > 40 or type(number) is not int or kind not in (_DROP, *_RANKS):
        raise BadInput("what the page sent is no wish; reload it")
    return lane, number, kind


def _told_point(tell: Callable[[dict[str, Any], Answer], None], of: dict[str, Any], answer: Answer) -> None:
    """Tell what an estimate needs of a run at one mark of a lever; one that failed is left out."""
    if isinstance(answer, bytes):
        series = series_json(_array(answer))
        tell(of, dumped({"series": {name: series[name] for name in _ESTIMATED}}))


def _array(series: bytes) -> NDArray[np.float64]:
    return np.frombuffer(series).reshape(len(SERIES), -1)


def _series(answer: Answer) -> Answer:
    return dumped({"series": series_json(_array(answer))}) if isinstance(answer, bytes) else answer


def _deliverer() -> Callable[..., None]:
    """A function that has something done in this session's loop, from whatever thread it is called.

    A write to a browser that does not read blocks its thread, so the crew's threads must not do it.
    """
    try:
        context = kernel_context.get_current_context()
    except RuntimeError:  # a notebook has one session and no context
        loop = asyncio.get_event_loop()

        def soon(do: Callable[..., None], *told: Any) -> None:
            loop.call_soon_threadsafe(functools.partial(do, *told))

        return soon

    def in_context(do: Callable[..., None], *told: Any) -> None:
        if not context.closed_event.is_set():
            with context:
                do(*told)

    def later(do: Callable[..., None], *told: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended with its session
            context.event_loop.call_soon_threadsafe(functools.partial(in_context, do, *told))

    return later
