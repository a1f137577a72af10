"""A MIDI controller made of lists, and the ports it is plugged into."""

from __future__ import annotations

from collections.abc import Sequence

from mido import Message


class FakeMidi:
    """`waiting` are messages it has sent, `shown` the last it got for each number."""

    def __init__(self, name: str = "nanoKONTROL2 1 CTRL") -> None:
        self.plugged = [name]
        self.waiting: list[Message] = []
        self.shown: dict[int, Message] = {}
        self.opened = 0

    def play(self, *messages: Message) -> None:
        self.waiting = [*self.waiting, *messages]

    def names(self) -> Sequence[str]:
        return list(self.plugged)

    def open(self, name: str) -> FakeMidi:
        if name not in self.plugged:
            raise OSError("no such port")
        self.opened += 1
        return self

    def receive(self) -> Sequence[Message]:
        if not self.plugged:
            raise OSError("gone")
        came, self.waiting = self.waiting, []
        return came

    def send(self, message: Message) -> None:
        self.shown[message.bytes()[1]] = message

    def close(self) -> None:
        pass
