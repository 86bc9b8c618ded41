"""opsconsole, headless: everything the console knows and does, without a screen."""

__version__ = "0.1.0"
