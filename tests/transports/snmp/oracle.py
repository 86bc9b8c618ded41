"""pysnmp, which has no types, and AES as its library has it: what ours is compared with."""

from importlib import import_module
from typing import Any

api: Any = import_module("pysnmp.proto.api")
rfc1902: Any = import_module("pysnmp.proto.rfc1902")
rfc1905: Any = import_module("pysnmp.proto.rfc1905")
univ: Any = import_module("pyasn1.type.univ")
encoder: Any = import_module("pyasn1.codec.ber.encoder")
decoder: Any = import_module("pyasn1.codec.ber.decoder")

try:
    _modes: Any = import_module("cryptography.hazmat.decrepit.ciphers.modes")
except ImportError:  # where it stood before
    _modes = import_module("cryptography.hazmat.primitives.ciphers.modes")
CFB: Any = _modes.CFB
