"""A flow that just runs out of steps."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem
from ivr.steps.call import CallStep


class DeadEnd(Check):
    """The last step of a flow must say what comes: a contact who is cut off without a word is lost."""

    code = "dead_end"

    def find(self, survey: Survey) -> Iterator[Problem]:
        for graph in survey.graphs.values():
            for position in sorted(graph.reached):
                step = graph.step(position)
                if any(edge.is_cut_off for edge in graph.edges(position)):
                    text = f"after {step.verb!r} the flow runs out of steps and the contact is cut off"
                    mend = "add 'goto: ...', 'queue: ...' or 'hangup' after it"
                    if survey.site.blocks[position[0]].section in called(survey):
                        mend = "add 'return' after it, to go back to the call"
                    yield self.problem(step.place(), text, mend)


def called(survey: Survey) -> set[str]:
    """The sections that a ``call`` leads to."""
    ways = (step.flow.block for _, step in survey.steps() if isinstance(step, CallStep))
    return {survey.site.blocks[block].section for block in ways if block in survey.site.blocks}
