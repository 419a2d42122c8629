"""Accents that an English text lost, where only one English word or name is left."""

from __future__ import annotations

import re
from functools import cache

LOST = "\ufffd"
_BEYOND = re.compile("[^\x00-\x7f]")
_WORDS = """
André Beyoncé Bogotá Chloé Clémence Cézanne Frédéric Hélène Hermès Jérôme José Josée Léon Mbappé Misérables Montréal México Mérida Nestlé
Pelé Pokémon Pépin Québec René Renée Rodríguez Salomé São Sánchez Zoé
béchamel blasé brûlée café cafés canapé canapés château cliché clichés clichéd communiqué consommé crème crémant crêpe crêpes décolleté
décolletage décor décors déjà dérailleur détente divorcée doppelgänger émigré entrée entrées exposé fiancé fiancée fiancés flambé frappé
frisée habitué jalapeño jalapeños lycée macramé maître matinée matinées mêlée ménage naïve naïveté née piñata précis première protégé
protégée protégés purée puréed purées résumé résumés rosé rosés sauté sautéed sautéing séance soirée soirées soufflé soufflés soupçon tête
volupté
""".split()  # noqa: SIM905  a hundred words read better so than as a list
"""What English writes with accents, but for words that are others where the accent was a quotation mark, such as "passé" and "coupé"."""
_FULL = {_BEYOND.sub(LOST, word.lower()): word.lower() for word in _WORDS}


def restore(line: str) -> str:
    r"""Return a line with the accents that these words lost.

    >>> restore("The caf\ufffds served cr\ufffdme br\ufffdl\ufffde.")
    'The cafés served crème brûlée.'
    """
    return _partly_lost().sub(_restored, line)


@cache
def _partly_lost() -> re.Pattern[str]:
    """Return what finds these words; compiling it takes longer than many a run that never meets one."""
    words = "|".join(_BEYOND.sub("[^\x00-\x7f]", word) for word in _WORDS)
    return re.compile(f"(?<![^\\W_])(?:{words})(?![^\\W_])", re.IGNORECASE)


def _restored(match: re.Match[str]) -> str:
    found = match[0]
    word = _FULL.get(_BEYOND.sub(LOST, found.lower()), found)
    return "".join(
        (new.upper() if found.isupper() else new) if old == LOST else old for place, (old, new) in enumerate(zip(found, word, strict=True))
    )
