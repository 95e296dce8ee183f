"""Decides whether a history of concurrent operations is linearizable.

Source: Wing and Gong, "Testing and Verifying Concurrent Objects", 1993; with Lowe's cache of visited configurations.
"""

from dataclasses import dataclass
from typing import Any, Callable

NEVER = float("inf")


@dataclass
class Operation:
    """One operation as its client saw it. `effect(state)` gives the state after it, or None where it cannot have taken
    place in this state with the answer that was seen. One without an answer has no end, and may not have happened."""

    name: str
    began: float
    ended: float
    effect: Callable[[Any], Any]

    @property
    def answered(self):
        return self.ended != NEVER


def linearizable(state, operations):
    """Whether the operations can be put in an order that respects time and explains every answer."""
    operations = sorted(operations, key=lambda operation: operation.began)
    needed = sum(1 << at for at, operation in enumerate(operations) if operation.answered)
    open_ways, seen = [(0, 0, state)], set()
    while open_ways:
        first, done, state = open_ways.pop()
        if done & needed == needed:
            return True
        while done >> first & 1:
            first += 1
        # What must have happened before anything that began later.
        deadline = NEVER
        candidates = []
        for at in range(first, len(operations)):
            operation = operations[at]
            if operation.began > deadline:
                break
            if not done >> at & 1:
                deadline = min(deadline, operation.ended)
                candidates.append(at)
        for at in reversed(candidates):
            operation = operations[at]
            if operation.began > deadline:
                continue
            after = operation.effect(state)
            if after is None:
                continue
            way = (done | 1 << at, after)
            if way not in seen:
                seen.add(way)
                open_ways.append((first, *way))
    return False
