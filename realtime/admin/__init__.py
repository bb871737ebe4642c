"""What operators may look at: sockets, nodes, streams, messages. The one thing to do is to disconnect a client."""

from realtime.admin.connection_table import ConnectionAdmin, NodeAdmin
from realtime.admin.log import MessageAdmin, StreamAdmin

__all__ = ["ConnectionAdmin", "MessageAdmin", "NodeAdmin", "StreamAdmin"]
