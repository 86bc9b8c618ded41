"""Desktop: printers and their queues, phones and meeting rooms, in one list."""

from opsconsole.spec import Domain

DOMAIN = Domain(
    id="desktop",
    title="Desktop",
    key="k",
    order=3,
    noun="Printers and desks",
    faces=(),
)
