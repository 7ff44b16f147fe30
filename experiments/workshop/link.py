"""What a link says, read with suspicion: whatever cannot be is refused, whole."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from experiments.errors import BadInput
from experiments.workshop.levers import SWITCHES
from experiments.workshop.question import MOST_SEED, MOST_SETTINGS, Question
from experiments.workshop.shocks import MOST_SHOCKS, Shock

MOST_LINK_LETTERS = 8000
LANGUAGES = ("en", "fr")
VIEWS = (
    "start",
    "all",
    "jobs",
    "capacity",
    "map",
    "bottlenecks",
    "wages",
    "equipment",
    "money",
    "compute",
    "ledgers",
    "compare",
)
_KEYS = ("scenario", "set", "at", "seed", "month", "view", "lang", "model")

_BASELINE = Question()
_MOST_FIELDS = MOST_SETTINGS + MOST_SHOCKS + len(_KEYS)


@dataclass(frozen=True, slots=True)
class Link:
    """What a link carries.

    Attributes:
        question: to open with.
        month: to show, YYYY-MM, empty for the page's choice.
        view: to show.
        language: en or fr, empty for the room's.
        model: version of the model it was made with, empty if it does not say.
    """

    question: Question = _BASELINE
    month: str = ""
    view: str = "start"
    language: str = ""
    model: str = ""

    @staticmethod
    def read(search: str | None) -> "Link":
        """Read the part of an address behind the question mark.

        Raises:
            BadInput: if something in it cannot be, naming it.
            BadNumber: for a value outside its number's range.
            BadScenario: for a switch in an impossible position.
        """
        text = (search or "").lstrip("?")
        if len(text) > MOST_LINK_LETTERS:
            raise BadInput(f"the link has {len(text)} letters, more than {MOST_LINK_LETTERS}; share a shorter one")
        try:
            pairs = parse_qsl(
                text,
                keep_blank_values=True,
                strict_parsing=bool(text),
                max_num_fields=_MOST_FIELDS,
            )
        except ValueError:
            raise BadInput("the link is not a list of name=value; copy it again, whole") from None
        return _link([(key, value) for key, value in pairs if not key.startswith("_")])


def _link(pairs: list[tuple[str, str]]) -> Link:
    plain = dict[str, str]()
    settings, shocks = dict[str, float | str](), list[Shock]()
    for key, value in pairs:
        if key not in _KEYS:
            raise BadInput(f"the link says {key[:40]!r}, which is not known; it may say {', '.join(_KEYS)}")
        if key == "set":
            name, equals, text = value.partition("=")
            if not equals or name in settings:
                raise BadInput(f"the link sets {value[:60]!r}; a setting is name=value, each name once")
            settings[name] = text if name in SWITCHES else _float(name, text)
        elif key == "at":
            shocks.append(Shock.read(value))
        elif key in plain:
            raise BadInput(f"the link says {key} twice; keep one")
        else:
            plain[key] = value
    told = {
        "scenario": plain.get("scenario", "baseline"),
        "set": settings,
        "shocks": [shock.for_page() for shock in shocks],
        "seed": _whole(plain.get("seed", "1")),
    }
    return Link(
        Question.of(told),
        _month(plain.get("month", "")),
        _one_of("view", plain.get("view", "start"), VIEWS),
        _one_of("lang", plain.get("lang", ""), ("", *LANGUAGES)),
        plain.get("model", "")[:40],
    )


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_SEED))):
        raise BadInput(f"seed = {text[:40]!r} is not a whole number in 0..{MOST_SEED}; write one")
    return int(text)


def _float(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadInput(f"{name[:80]} = {text[:40]!r} is not a number; give a bare one") from None


def _month(text: str) -> str:
    digits = text.replace("-", "", 1)
    if text and not (text.isascii() and len(text) == len("2027-01") and text[4] == "-" and digits.isdigit()):
        raise BadInput(f"month = {text[:40]!r} is not a month; write it as 2027-01")
    return text


def _one_of(key: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise BadInput(f"{key} = {text[:40]!r} is not known; choose from {', '.join(k for k in known if k)}")
    return text
