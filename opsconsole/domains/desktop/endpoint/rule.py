"""When an endpoint is wrong: it is not registered, a part fails, it is too hot."""

from opsconsole.model import Level
from opsconsole.rule import Condition, Rule

_WORDS = {"warning": Level.WARN, "critical": Level.CRIT}

RULES = (
    Rule(
        id="endpoint.unregistered",
        title="Line is not registered",
        about="Nobody can call it, and it calls nobody.",
        probe="endpoint.line",
        column="judged",
        source="its maker's MIB: registration failed",
        remedies=(
            "See whether its server answers, and whether account and password are right there.",
            "Take the account out of it if nobody needs that line.",
        ),
        words=_WORDS,
        for_s=120,
    ),
    Rule(
        id="endpoint.part",
        title="Part of an endpoint fails",
        about="A camera, a board or a service does not work: a meeting may begin without it.",
        probe="endpoint.part",
        column="judged",
        source="its maker's MIB, RFC 4780",
        remedies=("Look at its cable and at its own page; start it anew.",),
        words=_WORDS,
        for_s=120,
    ),
    Rule(
        id="endpoint.reading",
        title="Reading out of limits",
        about="A sensor is beyond the limits that its row names, or it is broken.",
        probe="endpoint.reading",
        column="judged",
        source="limits of the device",
        remedies=("See whether air gets to it, and whether its fan turns.",),
        words=_WORDS,
        for_s=60,
        clear_for_s=120,
        guards=(Condition("physical", "!=", "state"),),
    ),
)
