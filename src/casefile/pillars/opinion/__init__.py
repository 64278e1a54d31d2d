"""US opinion on aid to Ukraine: its trend, its causes, one message test and the facts in that message."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from casefile.model import Finding
from casefile.pillars.opinion.biden import opinion_biden
from casefile.pillars.opinion.decline import opinion_decline
from casefile.pillars.opinion.information import opinion_information
from casefile.pillars.opinion.message_facts import opinion_message_facts

ANALYSES: Mapping[str, Callable[..., list[Finding]]] = {
    "opinion-decline": opinion_decline,
    "opinion-biden": opinion_biden,
    "opinion-information": opinion_information,
    "opinion-message-facts": opinion_message_facts,
}
