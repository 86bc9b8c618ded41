"""What the server says no with: a `Status` body and its HTTP status."""

from typing import Any, TypeGuard  # JSON objects have no narrower type here

Json = dict[str, Any]


def is_object(value: object) -> TypeGuard[Json]:
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def inside(obj: Json, key: str) -> Json:
    """An object inside another; an empty one if it is absent or null."""
    found: Json | None = obj.get(key)
    return found if found is not None else {}


def listed(obj: Json, key: str) -> list[Any]:
    """A list inside an object; an empty one if it is absent or null."""
    found: list[Any] | None = obj.get(key)
    return found if found is not None else []


SUCCESS: Json = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}


class Refusal(Exception):
    """An answer that is a failure; `status` is its body."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        details: Json | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.headers = headers or {}
        self.meta: Json = {}
        self._reason, self._message, self._details = reason, message, details

    @property
    def status(self) -> Json:
        said: Json = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": self.meta,
            "status": "Failure",
            "message": self._message,
        }
        if self._reason:
            said["reason"] = self._reason
        if self._details is not None:
            said["details"] = self._details
        return {**said, "code": self.code}


def details(resource: str, name: str = "", group: str = "", **more: object) -> Json:
    """Of what the refusal speaks, in the order of the real server."""
    said: Json = {"name": name} if name else {}
    said |= {"group": group} if group else {}
    return {**said, "kind": resource, **more}


def bad_request(message: str) -> Refusal:
    return Refusal(400, "BadRequest", message)


def not_found(qualified: str, name: str, group: str = "") -> Refusal:
    """`qualified` is `pods` or `deployments.apps`."""
    told = details(qualified.partition(".")[0], name, group)
    return Refusal(404, "NotFound", f'{qualified} "{name}" not found', told)


def unknown_path() -> Refusal:
    message = "the server could not find the requested resource"
    return Refusal(404, "NotFound", message, {})


def conflict(qualified: str, name: str, message: str, group: str = "") -> Refusal:
    text = f'Operation cannot be fulfilled on {qualified} "{name}": {message}'
    return Refusal(409, "Conflict", text, details(qualified.partition(".")[0], name, group))


def exists(qualified: str, name: str, group: str = "") -> Refusal:
    told = details(qualified.partition(".")[0], name, group)
    return Refusal(409, "AlreadyExists", f'{qualified} "{name}" already exists', told)


def invalid(kind: str, name: str, group: str, *causes: tuple[str, str, str]) -> Refusal:
    """Each cause is a reason, a message and a field."""
    told = [{"reason": reason, "message": text, "field": at} for reason, text, at in causes]
    texts = [f"{at}: {text}" for _, text, at in causes]
    joined = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    qualified = f"{kind}.{group}" if group else kind
    message = f'{qualified} "{name}" is invalid: {joined}'
    return Refusal(422, "Invalid", message, details(kind, name, group, causes=told))


def expired(message: str) -> Refusal:
    return Refusal(410, "Expired", message)


def too_old(asked: int, oldest: int) -> Refusal:
    return expired(f"too old resource version: {asked} ({oldest})")
