"""Documents in their forms, and those that belong to no role: incident, handover, incident file."""

from opsconsole.report.as_html import as_html
from opsconsole.report.as_json import as_json
from opsconsole.report.as_markdown import as_markdown

FORMS = {"md": as_markdown, "html": as_html, "json": as_json}
"""What `-o` takes, and who writes it."""

__all__ = ["FORMS", "as_html", "as_json", "as_markdown"]
