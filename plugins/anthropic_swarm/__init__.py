"""The swarm in the cloud: a language model writes mutations, in batches, within a budget."""

from __future__ import annotations

from collections.abc import Iterable

from daemon.plugin import Host, hookimpl
from daemon.plugin.roles import Swarm
from plugins.anthropic_swarm.settings import VARIABLES, AnthropicSettings
from plugins.anthropic_swarm.swarm import KEY, AnthropicSwarm

SETTINGS = AnthropicSettings
CHANGES_RESULTS = False  # a trial is priced alike whoever wrote the genome, and for how much
SECRETS = (KEY,)
ENVIRONMENT = tuple(VARIABLES)


@hookimpl
def register_swarms(host: Host) -> Iterable[Swarm]:
    """The swarm `anthropic`; without a key it says so when it is asked."""
    return [AnthropicSwarm(host.settings(AnthropicSettings).with_variables(host.environment), host)]
