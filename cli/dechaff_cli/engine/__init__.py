"""What maps a function over the batches of a corpus: this process, a pool of them, or the machines of a Ray cluster.

A place works on batches (`pool`, `on_ray`), and `flow` hands them out: in order, few at a time, and again where a process died.
Nothing here knows what is done with a document.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dechaff_cli.engine.crew import Crew
from dechaff_cli.engine.flow import Here

if TYPE_CHECKING:
    from collections.abc import Callable

    from dechaff_cli.engine.flow import Begin, Place, Work

__all__ = ["ENGINES", "PROCESSES", "RAY", "Crew", "place"]

PROCESSES, RAY = "processes", "ray"
ENGINES = (PROCESSES, RAY)


def place(engine: str, work: Work, crew: Crew, batches: int, begin: Begin, load: Callable[[], None]) -> Place:  # noqa: PLR0913, PLR0917
    """Return where batches are worked on.

    Args:
        engine: One of `ENGINES`.
        work: What is done with a batch: a function of a module, which goes by its name.
        crew: The processes; one needs no other than this.
        batches: How many there are, or more than the processes: no more processes are begun.
        begin: What sets a process up before its first batch; goes there with all that it holds.
        load: What loads in this process what others can share that are forked from it.

    Raises:
        EngineError: The engine is not installed, or not running.
    """
    if engine == RAY:
        from dechaff_cli.engine.on_ray import Cluster  # noqa: PLC0415  an extra

        return Cluster(work, crew.jobs, begin)
    jobs = min(crew.jobs or os.cpu_count() or 1, batches)
    if jobs <= 1:
        return Here(work, begin)
    from dechaff_cli.engine.pool import Pool  # noqa: PLC0415  hardly any small run needs it

    return Pool(work, jobs, begin, crew, load)
