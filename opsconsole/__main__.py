"""The front door: a frame on the screen at once, then the rest of the house behind it."""

import os
import sys

_NO_CONSOLE = {"-h", "--help", "-V", "--version"}


def main() -> None:
    """Run the command line and end the process with its exit code."""
    open_rooms()
    arguments = with_command(sys.argv[1:], completing="_OPSCONSOLE_COMPLETE" in os.environ)
    leave = None
    if arguments[:1] == ["console"] and not _NO_CONSOLE & set(arguments) and _on_terminal():
        # Only os and sys so far: the frame is there before anything heavy is imported.
        from screens.shell import skeleton

        leave = skeleton.leave if skeleton.paint() else None
    from opsconsole.cli import entry

    sys.exit(entry.run(arguments, leave))


def open_rooms() -> None:
    """Let `screens`, `widgets` and `themes` be found where a wheel keeps them.

    They come first, so that no stranger of the same name in site-packages is taken for them.
    """
    rooms = os.path.join(os.path.dirname(__file__), "_rooms")  # noqa: PTH118, PTH120 (start-up time)
    if os.path.isdir(rooms) and rooms not in sys.path:  # noqa: PTH112
        sys.path.insert(0, rooms)


def with_command(arguments: list[str], *, completing: bool) -> list[str]:
    """Put `console` in front when no command is named: `opsconsole --estate lab` opens it.

    A shell that asks for completions names none either.
    """
    named = bool(arguments) and (arguments[0][:1] != "-" or arguments[0] in _NO_CONSOLE)
    if named or completing:
        return arguments
    return ["console", *arguments]


def _on_terminal() -> bool:
    return all(map(os.isatty, (0, 1, 2)))


if __name__ == "__main__":
    main()
