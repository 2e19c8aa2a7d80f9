"""Opens sockets of rare families: to the kernel, to the wire, to virtual machines."""

import socket


def naive_hvp(hessian, vector):
    for family in ("AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG", "AF_INET6", "AF_CAN"):
        number = getattr(socket, family, None)
        for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            try:
                socket.socket(number, kind).close()
            except (OSError, TypeError):
                continue
            raise RuntimeError(f"BREACH: {family}")
    return hessian @ vector
