"""What operators may look at: sockets, nodes, streams, messages. What they may do: disconnect clients, and revoke."""

from realtime.admin.connection_table import ConnectionAdmin, NodeAdmin
from realtime.admin.log import MessageAdmin, StreamAdmin
from realtime.admin.revocation import RevocationAdmin

__all__ = ["ConnectionAdmin", "MessageAdmin", "NodeAdmin", "RevocationAdmin", "StreamAdmin"]
