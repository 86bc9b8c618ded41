"""Who we are to an agent, by what the estate says of the target: a community, or a user of v3."""

from opsconsole.errors import Malformed, Unsupported
from opsconsole.model import Target
from opsconsole.secret import Secret
from opsconsole.transports.snmp.engine import Community, User
from opsconsole.transports.snmp.message import V1, V2C


async def identity(target: Target, key: str) -> Community | User:
    """What it is asked as; `key` names the setting with the community. Raises a `TargetError`."""
    settings = target.settings
    version = str(settings.get("version", "2c"))
    if version != "3":
        community = await secret_of(target, key)
        if not community:
            what = f"{target.id}: it has no community to ask by"
            raise Unsupported(what, 'give it one, `community = { env = "NAME" }`, or version = "3"')
        return Community(V1 if version == "1" else V2C, community)
    return await user_of(target)


async def user_of(target: Target) -> User:
    """The user of v3, with all keys; raises a `TargetError` when they do not do."""
    settings = target.settings
    if not target.user:
        raise Unsupported(f"{target.id}: SNMP v3 needs a user", "give it `user`")
    auth, priv = str(settings.get("auth", "")), str(settings.get("priv", ""))
    keys = [await _key(target, "auth", auth), await _key(target, "priv", priv)]
    if priv and not auth:
        what = f"{target.id}: SNMP v3 has no privacy without authentication"
        raise Unsupported(what, "give it `auth` and `auth_password`")
    return User(target.user, auth, keys[0], priv, keys[1], str(settings.get("context", "")))


async def _key(target: Target, key: str, algorithm: str) -> str:
    """The password for an algorithm, both or neither."""
    found = await secret_of(target, f"{key}_password")
    if bool(found) != bool(algorithm):
        lacking = f"{key}_password" if algorithm else key
        raise Unsupported(f"{target.id}: `{lacking}` is missing", f"give it `{lacking}`")
    if found and len(found) < 8:
        what = f"{target.id}: `{key}_password` is shorter than the 8 characters SNMP wants"
        raise Malformed(what, "set a longer one there and here")
    return found


async def secret_of(target: Target, key: str) -> str:
    """What a setting hides; empty where there is none."""
    found = target.settings.get(key)
    return await found.reveal() if isinstance(found, Secret) else ""
