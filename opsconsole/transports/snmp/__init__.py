"""Targets that speak SNMP: v1, v2c and v3, all over one socket, with a codec of our own.

The ciphers of v3 are imported when the first target is opened.
"""

from opsconsole.spec import Kind, Setting
from opsconsole.transports.pooled import Pool, PooledTransport

_AUTHS = "md5|sha|sha224|sha256|sha384|sha512"
_PRIVS = "des|aes|aes192|aes256|aes192c|aes256c"

SETTINGS = (
    Setting("address", Kind.TEXT, "host name or address; the target's name unless it is given"),
    Setting("port", Kind.WHOLE, "161 unless it is given", low=1, high=65535),
    Setting("version", Kind.TEXT, "2c unless it is given", "1, 2c or 3", "1|2c|3"),
    Setting("community", Kind.SECRET, "what one is let in by, in versions 1 and 2c"),
    Setting("write_community", Kind.SECRET, "the same for actions, where that is another one"),
    Setting("user", Kind.TEXT, "in version 3"),
    Setting("auth", Kind.TEXT, "hash of version 3", _AUTHS.replace("|", ", "), _AUTHS),
    Setting("auth_password", Kind.SECRET, "for it"),
    Setting("priv", Kind.TEXT, "cipher of version 3", _PRIVS.replace("|", ", "), _PRIVS),
    Setting("priv_password", Kind.SECRET, "for it"),
    Setting("context", Kind.TEXT, "part of the device, in version 3"),
    Setting("retries", Kind.WHOLE, "how often a question is sent again: 3", low=0, high=10),
)


class SnmpTransport(PooledTransport):
    """Asks agents; see `question.SnmpGet` and `question.SnmpWalk` for what, `SETTINGS` for how.

    A call is `SET OID TYPE VALUE…` or `GET OID…`. Its status is 0, or SNMP's error status, whose
    name `heard` gets; otherwise a line for each object: its name, its value. For looks there are
    `READ OID…`, `WALK OID…` and `SEEK OID… BELOW OID… FIRST OID…`, whose answer is for `varbind`,
    `AWAIT SECONDS OID VALUE…`, and `HERE`, our own address there.
    """

    name = "snmp"
    refusal = "SNMP is none"
    library = "cryptography"
    remedy = "pip install cryptography"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where the library is missing."""
        from opsconsole.transports.snmp.pool import Pool as Targets

        return Targets()


TRANSPORT = SnmpTransport
