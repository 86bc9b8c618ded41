"""Numbers of Printer-MIB, Finisher-MIB and HOST-RESOURCES-MIB as words, and how bad they are."""

from collections.abc import Mapping

from opsconsole.model import Level

ERRORS: tuple[tuple[str, Level], ...] = (
    ("low paper", Level.WARN),
    ("no paper", Level.CRIT),
    ("low toner", Level.WARN),
    ("no toner", Level.CRIT),
    ("door open", Level.CRIT),
    ("jammed", Level.CRIT),
    ("offline", Level.CRIT),
    ("service requested", Level.WARN),
    ("input tray missing", Level.WARN),
    ("output tray missing", Level.WARN),
    ("supply missing", Level.CRIT),
    ("output nearly full", Level.WARN),
    ("output full", Level.CRIT),
    ("input tray empty", Level.WARN),
    ("maintenance overdue", Level.WARN),
)
"""Bits of `hrPrinterDetectedErrorState`, the first of them the most significant bit of the first
byte. Of the last seven RFC 2790 does not say whether they stop a printer: one tray of several that
is empty or away does not."""

DEVICE: Mapping[int, tuple[str, Level]] = {
    1: ("unknown", Level.UNKNOWN),
    2: ("running", Level.OK),
    3: ("warning", Level.WARN),
    4: ("testing", Level.OK),
    5: ("down", Level.CRIT),
}
"""`hrDeviceStatus`"""

PRINTER: Mapping[int, str] = {1: "other", 2: "unknown", 3: "idle", 4: "printing", 5: "warming up"}
"""`hrPrinterStatus`"""

SUPPLIES: Mapping[int, str] = {
    1: "other", 2: "unknown", 3: "toner", 4: "waste toner", 5: "ink", 6: "ink cartridge",
    7: "ink ribbon", 8: "waste ink", 9: "drum", 10: "developer", 11: "fuser oil", 12: "solid wax",
    13: "ribbon wax", 14: "waste wax", 15: "fuser", 16: "corona wire", 17: "fuser oil wick",
    18: "cleaner", 19: "fuser cleaning pad", 20: "transfer unit", 21: "toner cartridge",
    22: "fuser oiler", 23: "water", 24: "waste water", 25: "glue", 26: "waste paper",
    27: "binding supply", 28: "banding supply", 29: "stitching wire", 30: "shrink wrap",
    31: "paper wrap", 32: "staples", 33: "inserts", 34: "covers", 35: "powder", 36: "waste powder",
}  # fmt: skip
"""`PrtMarkerSuppliesTypeTC`"""

WASTE = frozenset({4, 8, 14, 24, 26, 36})
"""Those that are filled, for agents that do not tell the class."""

CONSUMED, FILLED = 3, 4
"""`PrtMarkerSuppliesClassTC`"""

PERCENT = 19
"""The unit of a level that is a percentage itself."""

UNITS: Mapping[int, str] = {
    3: "1/10000 in", 4: "µm", 7: "impressions", 8: "sheets", 11: "h", 12: "1/1000 oz",
    13: "1/10 g", 14: "1/100 fl oz", 15: "1/10 ml", 16: "ft", 17: "m", 18: "items", PERCENT: "%",
}  # fmt: skip
"""`PrtMarkerSuppliesSupplyUnitTC`, `PrtCapacityUnitTC`, `PrtMarkerCounterUnitTC`"""

MANUAL = 5
"""An input that is filled by hand for each job, and otherwise empty."""

TRAYS: Mapping[int, str] = {
    1: "other", 2: "unknown", 3: "removable tray", 4: "fixed tray", MANUAL: "by hand", 6: "roll",
    7: "fan-fold",
}  # fmt: skip
"""`PrtInputTypeTC`"""

COVERS: Mapping[int, tuple[str, Level]] = {
    1: ("other", Level.OK),
    2: ("unknown", Level.UNKNOWN),
    3: ("open", Level.CRIT),
    4: ("closed", Level.OK),
    5: ("interlock open", Level.CRIT),
    6: ("interlock closed", Level.OK),
}
"""`PrtCoverStatusTC`"""

SEVERITIES: Mapping[int, tuple[str, Level]] = {
    1: ("other", Level.OK),
    3: ("critical", Level.CRIT),
    4: ("warning", Level.WARN),
    5: ("warning", Level.WARN),
}
"""`prtAlertSeverityLevel`; 5 is a warning that happens once, and is not taken back."""

GROUPS: Mapping[int, str] = {
    1: "other", 3: "memory", 4: "device", 5: "general", 6: "cover", 7: "localization", 8: "input",
    9: "output", 10: "marker", 11: "supply", 12: "colorant", 13: "media path", 14: "channel",
    15: "interpreter", 16: "console", 17: "lights", 18: "alert", 30: "finisher",
    31: "finisher supply", 32: "finisher tray", 33: "finisher",
}  # fmt: skip
"""`PrtAlertGroupTC`"""

TRAINING: Mapping[int, str] = {
    3: "anybody", 4: "somebody trained", 5: "field service", 6: "management", 7: "nobody",
}  # fmt: skip
"""`PrtAlertTrainingLevelTC`: who is needed."""

CODES: Mapping[int, str] = {
    3: "cover open", 4: "cover closed", 5: "interlock open", 6: "interlock closed",
    7: "configuration changed", 8: "jam", 9: "missing", 10: "life almost over", 11: "life over",
    12: "almost empty", 13: "empty", 14: "almost full", 15: "full", 16: "near limit",
    17: "at limit", 18: "opened", 19: "closed", 20: "turned on", 21: "turned off", 22: "offline",
    23: "power saving", 24: "warming up", 25: "added", 26: "removed", 27: "resource added",
    28: "resource removed", 29: "recoverable failure", 30: "unrecoverable failure",
    31: "recoverable storage error", 32: "unrecoverable storage error", 33: "motor failure",
    34: "memory exhausted", 35: "too cold", 36: "too hot", 37: "timing failure",
    38: "thermistor failure", 501: "door open", 502: "door closed", 503: "powered up",
    504: "powered down", 505: "reset by the network", 506: "reset by hand", 507: "reset",
    801: "media tray missing", 802: "media size changed", 803: "media weight changed",
    804: "media type changed", 805: "media color changed", 806: "form changed",
    807: "media low", 808: "media empty", 809: "media change requested",
    810: "manual feed requested", 811: "tray position failure", 812: "tray elevation failure",
    813: "cannot feed that size", 901: "output tray missing", 902: "output tray almost full",
    903: "output tray full", 904: "mailbox failure", 1001: "fuser too cold", 1002: "fuser too hot",
    1003: "fuser timing failure", 1004: "fuser thermistor failure",
    1005: "adjusting print quality", 1101: "toner empty", 1102: "ink empty", 1103: "ribbon empty",
    1104: "toner almost empty", 1105: "ink almost empty", 1106: "ribbon almost empty",
    1107: "waste toner almost full", 1108: "waste ink almost full", 1109: "waste toner full",
    1110: "waste ink full", 1111: "drum life almost over", 1112: "drum life over",
    1113: "developer almost empty", 1114: "developer empty", 1115: "toner cartridge missing",
    1301: "media tray missing", 1302: "media tray almost full", 1303: "media tray full",
    1304: "cannot duplex that media", 1501: "memory added", 1502: "memory removed",
    1503: "cartridge added", 1504: "cartridge removed", 1505: "resource added",
    1506: "resource removed", 1507: "resource missing", 1509: "page too complex",
    1801: "alert removed by management",
}  # fmt: skip
"""`PrtAlertCodeTC`"""

CHARSETS: Mapping[int, str] = {
    3: "ascii", 4: "latin-1", 5: "iso8859-2", 8: "iso8859-5", 10: "iso8859-7", 12: "iso8859-9",
    17: "shift_jis", 18: "euc_jp", 38: "euc_kr", 106: "utf-8", 113: "gbk", 114: "gb18030",
    2004: "hp_roman8", 2009: "cp850", 2010: "cp852", 2011: "cp437", 2024: "cp932", 2025: "gb2312",
    2026: "big5", 2250: "cp1250", 2251: "cp1251", 2252: "cp1252",
}  # fmt: skip
"""MIBenum of IANA for `prtLocalizationCharacterSet`, as Python calls them."""

COLORS: Mapping[str, tuple[str, ...]] = {
    "black": ("black", "schwarz", "noir", "negro", "nero", "preto", "黑"),
    "cyan": ("cyan", "cian", "青"),
    "magenta": ("magenta", "品红", "洋红"),
    "yellow": ("yellow", "gelb", "jaune", "amarillo", "giallo", "amarelo", "黄"),
    "red": ("red", "rot", "rouge"),
    "blue": ("blue", "blau", "bleu"),
    "green": ("green",),
    "gray": ("gray", "grey", "grau"),
    "white": ("white",),
    "clear": ("clear", "transparent"),
}
"""Words for a color in the description of a supply whose colorant is not told."""
