"""Plots as SVG, drawn here: columns, lines and bars, with axes, title and description.

No style stands in them, only classes, so that light, dark and paper look after themselves; bars
differ by their filling and lines by their marks, not by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

# The drawing is as wide as a phone shows it one to one; larger screens enlarge it.
WIDTH, HEIGHT = 360, 220
LEFT, RIGHT, TOP, BOTTOM = 30, 8, 12, 26
ROW = 44
_STEPS = (1, 2, 5)
_MOST_TICKS = 5
_LETTERS = 12  # the height of a line of text
_MARKS = (
    "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
    "M-3.2 -3.2h6.4v6.4h-6.4z",
    "M0 -4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z",
    "M0 -4.4l4.4 7.8h-8.8z",
)


@dataclass(frozen=True, slots=True)
class Series:
    """One name and its whole numbers, one for each place on the axis."""

    name: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """What is shown: `id` is unique on the page, `says` tells in a sentence what is to be seen."""

    id: str
    title: str
    says: str
    names: tuple[str, ...]
    columns: tuple[Series, ...] = ()
    lines: tuple[Series, ...] = ()

    @property
    def series(self) -> tuple[Series, ...]:
        """All that is drawn, in the order of the legend."""
        return (*self.columns, *self.lines)


def ticks(most: int) -> tuple[int, ...]:
    """The whole numbers on an axis that reaches to at least `most`.

    >>> ticks(7), ticks(0), ticks(41)
    ((0, 2, 4, 6, 8), (0, 1), (0, 10, 20, 30, 40, 50))
    """
    power = 1
    while True:
        for step in (each * power for each in _STEPS):
            if step * _MOST_TICKS >= most:
                return tuple(range(0, max(most, 1) + step, step))[: -(-max(most, 1) // step) + 1]
        power *= 10


def drawn(plot: Plot) -> Markup:
    """Columns beside each other and lines over them, one place of the axis for every name."""
    axis = ticks(max((v for each in plot.series for v in each.values), default=0))
    inside = [*_grid(axis), *_names(plot.names)]
    for place, each in enumerate(plot.columns):
        inside += _columns(each, place, len(plot.columns), axis[-1])
    for place, each in enumerate(plot.lines):
        inside += _line(each, place, axis[-1])
    return _svg(plot, HEIGHT, inside)


def rows(plot: Plot) -> Markup:
    """One bar a name from left to right, longest names included; for the first series only."""
    values = plot.columns[0].values
    most = max((*values, 1))
    inside: list[Markup] = []
    for place, (name, value) in enumerate(zip(plot.names, values, strict=True)):
        y, long = place * ROW, round((WIDTH - 40) * value / most, 1)
        inside += [
            _text(0, y + 16, name, "name"),
            _box(0, y + 22, long, 14, 1),
            _text(long + 6, y + 33, str(value), "value"),
        ]
    return _svg(plot, max(len(values), 1) * ROW, inside)


def key(kind: str, place: int) -> Markup:
    """The small picture of a series in the legend; `kind` is `column` or `line`."""
    body = _box(2, 2, 14, 12, place + 1) if kind == "column" else _sample(place)
    return Markup(
        '<svg class="kb-plot__key" viewBox="0 0 26 16" aria-hidden="true">{}</svg>'
    ).format(body)


def _svg(plot: Plot, height: int, inside: Iterable[Markup]) -> Markup:
    return Markup(
        '<svg class="kb-plot" viewBox="0 0 {} {}" role="img" aria-labelledby="{id}-t {id}-d">'
        '<title id="{id}-t">{}</title><desc id="{id}-d">{}</desc>{}</svg>'
    ).format(WIDTH, height, plot.title, plot.says, Markup().join(inside), id=plot.id)


def _grid(axis: Sequence[int]) -> Iterator[Markup]:
    for tick in axis:
        y = _height(tick, axis[-1])
        kind = "base" if tick == 0 else "grid"
        yield Markup('<path class="kb-plot__{}" d="M{} {}H{}"/>').format(
            kind, LEFT, y, WIDTH - RIGHT
        )
        yield _text(LEFT - 6, y + 4, str(tick), "tick")


def _names(names: Sequence[str]) -> Iterator[Markup]:
    """The names below the axis, as many as there is room for, always with the last."""
    longest = max(map(len, names), default=1)
    room = max(int((WIDTH - LEFT - RIGHT) / (longest * 0.62 * _LETTERS + 8)), 1)
    step = max(-(-len(names) // room), 1)
    for place in range(len(names) - 1, -1, -step):
        middle = _left(place, len(names)) + _room(len(names)) / 2
        yield _text(middle, HEIGHT - 8, names[place], "label")


def _columns(series: Series, place: int, count: int, most: int) -> Iterator[Markup]:
    places = len(series.values)
    wide = _room(places) * 0.76 / count
    for at, value in enumerate(series.values):
        left = _left(at, places) + _room(places) * 0.12 + place * wide
        top = _height(value, most)
        if value:
            yield _box(left, top, wide - 1, _height(0, most) - top, place + 1)


def _line(series: Series, place: int, most: int) -> Iterator[Markup]:
    count = len(series.values)
    points = [
        (_left(at, count) + _room(count) / 2, _height(value, most))
        for at, value in enumerate(series.values)
    ]
    way = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    yield Markup('<path class="kb-plot__line kb-plot__line--{}" d="M{}"/>').format(place + 1, way)
    for x, y in points:
        yield _mark(x, y, place)


def _sample(place: int) -> Markup:
    line = Markup('<path class="kb-plot__line kb-plot__line--{}" d="M0 8H26"/>').format(place + 1)
    return line + _mark(13, 8, place)


def _mark(x: float, y: float, place: int) -> Markup:
    return Markup(
        '<path class="kb-plot__mark kb-plot__mark--{}" transform="translate({:.1f} {:.1f})"'
        ' d="{}"/>'
    ).format(place + 1, x, y, _MARKS[place % len(_MARKS)])


def _box(x: float, y: float, wide: float, high: float, filling: int) -> Markup:
    return Markup(
        '<rect class="kb-plot__bar kb-plot__bar--{}" x="{:.1f}" y="{:.1f}" width="{:.1f}"'
        ' height="{:.1f}"/>'
    ).format(filling, x, y, wide, high)


def _text(x: float, y: float, words: str, kind: str) -> Markup:
    return Markup('<text class="kb-plot__{}" x="{:.1f}" y="{:.1f}">{}</text>').format(
        kind, x, y, words
    )


def _room(places: int) -> float:
    return (WIDTH - LEFT - RIGHT) / max(places, 1)


def _left(place: int, places: int) -> float:
    return LEFT + place * _room(places)


def _height(value: int, most: int) -> float:
    high = HEIGHT - TOP - BOTTOM
    return round(TOP + high * (1 - value / most), 1)
