"""Corpora as people keep them: containers of many records beside folders of files.

A form reads records from a container and writes them to one; it knows nothing of cleaning. A corpus is read record by record as often as it
is passed over, and its cleaned records are written along a reading of their own, so that no more of a container is held than is being
cleaned.
"""

from dechaff_cli.corpora.documents import Documents

__all__ = ["Documents"]
