"""How rules are drawn: the tree with the branch that decided, two versions side by side, statuses as chips and bars."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from backend.rules import Explained
from backend.rules.facts import FactCatalogue
from dashboard import look
from dashboard.fact_words import value_words
from dashboard.rule_diff import Line, Pair
from dashboard.rule_words import Worded
from models.vocabulary import Status


def tree_html(explained: Explained, worded: Worded, catalogue: FactCatalogue, *, title: str, verdict: str) -> str:
    """The rule as a tree: each node with its value, the nodes that decided marked, what was not needed dimmed."""
    _, *below = _rows(explained, worded, catalogue, 0, is_decisive=True)
    told = ", ".join(filter(None, (value_of(explained, catalogue) if not worded.children else "", verdict)))
    head = _row(_Row(0, explained, f"{title} {worded.words}", told, True, bool(worded.children)))
    return f'<div class="rr-tree">{head}{"".join(map(_row, below))}</div>'


def _rows(
    explained: Explained, worded: Worded, catalogue: FactCatalogue, depth: int, *, is_decisive: bool
) -> Iterator["_Row"]:
    told = "" if worded.children else value_of(explained, catalogue)
    yield _Row(depth, explained, worded.words, told, is_decisive, bool(worded.children))
    few = not all(child.has_decided for child in explained.children) or len(explained.children) == 1
    for child, words in zip(explained.children, worded.children, strict=True):
        decisive = is_decisive and child.has_decided and (few or bool(child.children))
        yield from _rows(child, words, catalogue, depth + 1, is_decisive=decisive)


def value_of(explained: Explained, catalogue: FactCatalogue) -> str:
    """What the facts of a clause are, with units."""
    if explained.trouble:
        return explained.trouble
    values = [value_words(told.value, catalogue.get(told.text)) for told in explained.facts]
    return ", ".join(values) or value_words(explained.value)


def _row(row: "_Row") -> str:
    node = row.explained
    classes = f"nd{' dec' if row.is_decisive else ''}{'' if node.is_reached else ' idle'}"
    sign = '<span class="rs y">✓</span>' if node.holds else '<span class="rs n">✕</span>'
    strong = ' class="op"' if row.is_branch or row.depth == 0 else ""
    hint = escape(node.text if node.is_reached else f"{node.text} (not needed for the answer)")
    return (
        f'<div class="{classes}" style="--d:{row.depth}" title="{hint}">{sign}'
        f"<span{strong}>{escape(row.words)}</span><em>{escape(row.value)}</em></div>"
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A node as it is drawn."""

    depth: int
    explained: Explained
    words: str
    value: str
    is_decisive: bool
    is_branch: bool


def side_html(pairs: Iterable[Pair], side: str, *, mono: bool = False) -> str:
    """One side of two versions: what is the same, what is only here, and gaps where only the other has something."""
    lines = []
    for pair in pairs:
        own = pair.left if side == "left" else pair.right
        if own is None:
            lines.append('<div class="dn gap"></div>')
        else:
            mark = {"removed": "−", "added": "+", "same": ""}[pair.change]
            change = {"removed": " del", "added": " add", "same": ""}[pair.change]
            lines.append(_line(own, mark, change))
    return f'<div class="rr-side{" mono" if mono else ""}">{"".join(lines)}</div>'


def _line(line: Line, mark: str, change: str) -> str:
    words = f'<span class="op">{escape(line.text)}</span>' if line.is_branch else f"<span>{escape(line.text)}</span>"
    return f'<div class="dn{change}" style="--d:{line.depth}"><span class="mk">{mark}</span>{words}</div>'


def chip(status: Status | None) -> str:
    """The letter of a status on its colour."""
    seen = look.status_look(status)
    return f'<i class="rr-st {seen.word.lower()}" title="{escape(word_of(status))}">{escape(seen.letter)}</i>'


def word_of(status: Status | None) -> str:
    """The word of a status; of what nobody says, that."""
    return "unsaid" if status is None else status.word


def bar(counts: Mapping[Status, int], width: int) -> str:
    """A bar in true proportion, the worst at the left; nothing is thinner than two pixels."""
    total = sum(counts.values())
    if not total:
        return '<span class="rr-label">not judged</span>'
    by_token: dict[str, int] = {}
    for status, count in counts.items():
        token = look.token_of(status)
        by_token[token] = by_token.get(token, 0) + count
    parts = [(token, by_token[token]) for token in look.draw_order() if by_token.get(token)]
    rest = float(width)
    html = ""
    for token, count in parts[:-1]:
        share = max(look.size("bar_min_segment"), width * count / total)
        rest -= share
        html += f'<b class="{token.lower()}" style="width:{share:.1f}px" title="{token} {count:,}"></b>'
    last, count = parts[-1]
    html += f'<b class="{last.lower()}" style="width:{max(0.0, rest):.1f}px" title="{last} {count:,}"></b>'
    return f'<i class="rr-bar" style="width:{width}px">{html}</i>'
