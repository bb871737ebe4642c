"""What KITT promises to its clients, as documents that machines read: AsyncAPI of the sockets, OpenAPI of REST."""
