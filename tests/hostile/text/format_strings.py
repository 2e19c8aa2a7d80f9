"""Raises an exception that a careless program would format once more."""


def naive_hvp(hessian, vector):
    raise ValueError("{0.__class__} {item!r:>1000000000} %s %(x)s %n ${jndi:ldap://x} `touch x` $(x)")
