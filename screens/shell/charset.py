"""Which characters the terminal can be trusted with; imports nothing, so that it costs nothing."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def ascii_only(environ: "Mapping[str, str]") -> bool:
    """Whether the terminal must be assumed to know ASCII only; `OPSCONSOLE_ASCII` decides.

    The first locale variable that is set decides, as in POSIX. With none set, as in many
    containers, the terminal is what counts, and today's know UTF-8.
    """
    asked = environ.get("OPSCONSOLE_ASCII", "")
    if asked:
        return asked == "1"
    if environ.get("LC_CTYPE") == "C.UTF-8" and environ.get("LANG") in {"C", "POSIX"}:
        # Python itself put that LC_CTYPE there (PEP 538); the operator said C.
        return True
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = environ.get(name, "")
        if value:
            return "utf-8" not in value.lower() and "utf8" not in value.lower()
    return environ.get("TERM", "") in {"dumb", "vt100", "vt102", "vt220", "ansi"}
