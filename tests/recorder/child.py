"""A process that records for as long as it lives, and says what is written: `child FOLDER TURN`."""

import sys
from pathlib import Path

from opsconsole.alert import Alerts
from opsconsole.recorder import writer
from tests.recorder.scene import START, Deck, alert, vitals


def main() -> None:
    where, turn = Path(sys.argv[1]), int(sys.argv[2])
    deck = Deck(where)
    number = turn * 10_000
    while True:
        deck.wall = START + number
        deck.clock += writer.CHUNK_S / 7
        deck.tell(vitals(float(number)))
        first = number == turn * 10_000
        deck.recorder.alert(Alerts([alert(value=float(number))], whole=first))
        deck.recorder.turn()
        print(number, flush=True)
        number += 1


if __name__ == "__main__":
    main()
