"""The API of plugins: the marker for hooks, the roles, and the host they are given."""

from daemon.log import Secret
from daemon.plugin.hookspecs import hookimpl
from daemon.plugin.host import Host

__all__ = ["Host", "Secret", "hookimpl"]
