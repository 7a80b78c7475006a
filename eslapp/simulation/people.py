"""What people and phones do, by seeded chance: each person's chance is their own, so that taking one away changes
nobody else's. Not here: the clock (``floor``), what comes from outside (``workload``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from .habits import Habits
from .workload import Arrival, Callback, Join, Reaction, Workload

USUAL_PATIENCE_S = 600.0
USUAL_TALK_S = 180.0
USUAL_WRAP_S = 20.0


@dataclass(frozen=True, slots=True)
class Faults:
    """Shares of what goes wrong, and of what people do within talks (``deeds``), 0 to 1."""

    leg_fails: float = 0.0  # after the agent has accepted
    contact_vanishes: float = 0.0  # at any moment
    phone_drops: float = 0.0  # per offer: the agent's phone unregisters for a minute
    browser_closes: float = 0.0  # per talk: the agent is offline for a while
    wrap_up_forgotten: float = 0.0
    wants_callback: float = 0.0  # instead of waiting on
    not_reached: float = 0.0  # of callbacks
    restart: float = 0.0  # per arrival: the daemon is killed and builds its world from the records
    holds: float = 0.0  # of calls
    consults: float = 0.0  # of calls; of chats: a colleague is invited
    transfers: float = 0.0  # of talks, by each agent who has it
    supervised: float = 0.0  # of calls


class People:
    """Draws for one seed."""

    def __init__(self, workload: Workload, seed: int, faults: Faults | None = None) -> None:
        self._day, self._seed = workload, seed
        self._habits = Habits(workload)
        self.faults = faults or Faults()

    def chance(self, *whose: str) -> Random:
        """A stream of one's own."""
        return Random(":".join((str(self._seed), *whose)))

    def happens(self, share: float, *whose: str) -> bool:
        """Whether it does, this time."""
        return share > 0 and self.chance(*whose).random() < share

    def patience_s(self, arrival: Arrival) -> float:
        """How long they wait: as they did, or like those who waited at least as long as they are known to."""
        if arrival.patience_s is not None:
            return arrival.patience_s
        longer = [one for one in self._day.patiences_s if one > arrival.patient_beyond_s]
        chance = self.chance(arrival.interaction, "patience")
        if len(longer) >= 5:
            return chance.choice(longer)
        return arrival.patient_beyond_s + chance.expovariate(1 / USUAL_PATIENCE_S)

    def talk_s(self, arrival: Arrival | Callback) -> float:
        return self._drawn(arrival.talk_s, self._day.talks_s.get(arrival.queue, ()), USUAL_TALK_S, arrival, "talk")

    def wrap_s(self, arrival: Arrival | Callback) -> float:
        """Without end: until the limit."""
        return self._drawn(arrival.wrap_s, self._day.wraps_s.get(arrival.queue, ()), USUAL_WRAP_S, arrival, "wrap")

    def reaction(self, interaction: str, agent: str, medium: str, at: float) -> Reaction:
        """What the agent does with the offer of this instant, and when."""
        return self._habits.reaction(
            interaction, agent, medium, at, self.chance(interaction, agent, f"{at:.0f}", "reaction")
        )

    def join(self, interaction: str, agent: str, at: float) -> Join:
        """What comes of the answer of this instant, and when."""
        return self._habits.join(interaction, agent, at, self.chance(interaction, agent, f"{at:.0f}", "join"))

    def back_at(self, agent: str, at: float) -> float:
        """When the agent says that they are there again (inf: never)."""
        return self._habits.back_at(agent, at, self.chance(agent, f"{at:.0f}", "back"))

    def _drawn(
        self, seen: float | None, others: Sequence[float], usual: float, arrival: Arrival | Callback, what: str
    ) -> float:
        if seen is not None:
            return seen
        chance = self.chance(arrival.interaction, what)
        return chance.choice(others) if others else chance.expovariate(1 / usual)
