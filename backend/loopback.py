"""Whether a host is this machine itself."""

from ipaddress import IPv6Address, ip_address


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine itself: ``localhost``, 127.0.0.0/8, ``::1``. Whatever cannot be told is not."""
    name = (host or "").strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback
