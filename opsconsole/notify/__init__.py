"""Notifications: alerts that go out to people and programs, few messages each."""

from opsconsole.notify.digest import Digest, Message
from opsconsole.notify.notifier import Notifier
from opsconsole.notify.sender import send

__all__ = ["Digest", "Message", "Notifier", "send"]
