"""What goes wrong on the way to an agent, said as our errors, with what to do about it."""

from opsconsole.clean import clean
from opsconsole.errors import Denied, Malformed, TargetError, Unreachable
from opsconsole.transports.snmp.engine import CIPHER, DIGEST, ENGINE, LATE, LEVELS, USER, User

SILENT = {
    False: "agents are silent to who is not let in: mend `community`, `version` and `port`, and"
    " the list of managers there",
    True: "is `port` right, does it speak v3, and does its list of managers name this machine?",
}
"""What helps, by whether it is asked in v3."""

UNHEARD = (
    "it answered which engine it is, and then no more: mend `priv` and `priv_password`, and look"
    " whether the user may see anything"
)


def of_report(which: int, user: User) -> TargetError:
    """What an engine holds against us; it says it by the name of a counter."""
    name = clean(user.name, 40)
    match which:
        case 1:
            what, remedy = "usmStatsUnsupportedSecLevels", _level(user)
        case 2:
            what, remedy = "usmStatsNotInTimeWindows", "its clock jumps: look at its boots and time"
        case 3:
            what, remedy = "usmStatsUnknownUserNames", f"it knows no user {name}: mend `user`"
        case 4:
            what, remedy = "usmStatsUnknownEngineIDs", "several devices may share that address"
        case 5:
            what = "usmStatsWrongDigests"
            remedy = f"the key to sign with is wrong: mend `auth_password`, or `auth` ({user.auth})"
        case 6:
            what = "usmStatsDecryptionErrors"
            remedy = f"the key for privacy is wrong: mend `priv_password`, or `priv` ({user.priv})"
        case _:
            return Malformed("it answers with a report of no known kind")
    return Denied(f"it refuses {name}: {what}", remedy)


def unauthorized(where: str) -> Denied:
    """It knows us, and lets us see nothing, not even how long it is up."""
    what = f"{where}: it lets us in and shows nothing: authorizationError"
    return Denied(
        what, "its user may need a higher level: give `auth`, `priv`, or another view there"
    )


def _level(user: User) -> str:
    has = "`auth` and `priv`" if user.priv else "`auth`" if user.auth else "neither key"
    return f"we come with {has}, and the user there has another level: give or take keys"


def named(where: str, error: TargetError, v3: bool, known: bool) -> TargetError:
    """The same error with the name of its target, and what helps against silence."""
    remedy = error.remedy
    if isinstance(error, Unreachable) and not remedy:
        remedy = UNHEARD if v3 and known else SILENT[v3]
    return type(error)(f"{where}: {error}", remedy)


RECOVERED = frozenset({ENGINE, LATE})
"""Reports after which the same question is asked once more: both sides know better then."""

REFUSALS = frozenset({LEVELS, USER, DIGEST, CIPHER})
"""Reports after which nothing but the estate can help."""
