"""What every node of a graph gathers from all that it reaches, in time linear in the graph."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

__all__ = ["gathered"]


def gathered(
    edges: Mapping[str, Collection[str]], own: Mapping[str, Collection[str]]
) -> dict[str, int]:
    """Union what nodes own over everything that each of them reaches, itself included.

    Args:
        edges: where each node leads; nodes without an entry lead nowhere.
        own: what each node contributes, as names of nodes.

    Returns:
        For each node a bit mask over the nodes of `edges` in their order, for it is far smaller
        than a set.
    """
    bits = {name: 1 << index for index, name in enumerate(edges)}
    masks: dict[str, int] = {}
    for component in _components(edges):
        mask = 0
        for name in component:
            for item in own.get(name, ()):
                mask |= bits.get(item, 0)
            for other in edges[name]:
                mask |= masks.get(other, 0)
        masks.update(dict.fromkeys(component, mask))
    return masks


def _components(edges: Mapping[str, Collection[str]]) -> Iterator[list[str]]:
    """Strongly connected components, each after those that it reaches: Tarjan's, by a stack."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    open_nodes: list[str] = []
    is_open: set[str] = set()
    for root in edges:
        work = [] if root in order else [(root, iter(edges[root]))]
        while work:
            name, following = work[-1]
            if name not in order:
                order[name] = low[name] = len(order)
                open_nodes.append(name)
                is_open.add(name)
            for other in following:
                if other in edges and other not in order:
                    work.append((other, iter(edges[other])))
                    break
                if other in is_open:
                    low[name] = min(low[name], order[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == order[name]:
                    component = [open_nodes.pop()]
                    while component[-1] != name:
                        component.append(open_nodes.pop())
                    is_open.difference_update(component)
                    yield component
