"""How does a data sheet read as Markdown? Its rows with their definitions, its setups, and what it rests on."""

from collections.abc import Iterable, Sequence

from thermopkg import __version__
from thermopkg.answer.flows import paths
from thermopkg.explore.datasheet import Line, Setting, SolvedRows
from thermopkg.report.charts import plain
from thermopkg.report.datasheet import LEGEND, definition, mesh_words, missed, notes, told
from thermopkg.report.digits import decimals, interval
from thermopkg.report.heat import LEAST_PATH, MOST_SHARES, way_told
from thermopkg.report.operating import settled_words
from thermopkg.report.package_facts import facts
from thermopkg.report.result import ZERO_CELSIUS
from thermopkg.report.streams import told as solid_told

HEADS = (
    *("row", "setup", "K/W", "within", "± mesh, %", "± materials, %", "no range, %", "± films, %", "published, K/W"),
    *("deviation", "definition"),
)


def datasheet_markdown(sheet: SolvedRows) -> str:
    """The page: package, rows, setups, notes."""
    lines = [f"# Thermal data sheet: {plain(sheet.case.title)}", ""]
    lines += _table(("package", ""), facts(sheet.alone))
    lines += ["", *_table(HEADS, map(_row, sheet.lines)), ""]
    lines += [f"- {text}" for text in (*LEGEND, *(f"**{plain(text)}**" for text in missed(sheet)))]
    sources = dict.fromkeys(line.published.source for line in sheet.lines if line.published is not None)
    lines += [f"- published: {plain(', '.join(sources))}"] if sources else []
    for setting in sheet.settings:
        lines += ["", f"## {plain(setting.title[0].upper() + setting.title[1:])}", *_setting(setting)]
    lines += ["", "## The model", *(f"- {plain(note)}" for note in notes(sheet))]
    lines += [f"- worth a second look: {plain(f'{w.path}: {w.message}')}" for w in sheet.warnings]
    return "\n".join([*lines, "", f"thermopkg {__version__}, {sheet.seconds:.1f} s", ""])


def _row(line: Line) -> tuple[str, ...]:
    row = told(line)
    value = row.value if line.reached else f"{row.value} (!)"
    return (f"{row.symbol}", row.condition, f"**{value}**", *row.figures[1:], definition(line))


def _setting(setting: Setting) -> list[str]:
    junction = setting.junction.scaled(1.0, -ZERO_CELSIUS)
    n = max(1, decimals(junction.half_width))
    lines = [
        "",
        f"{setting.power:.4g} W, junction at {junction.value:.{n}f} °C within {interval(junction, n)}; "
        f"{mesh_words(setting)}.",
    ]
    if setting.point is not None and setting.point.faces:
        heads = ("face", "mean, °C", "h, W/m²K", "radiated", "Nu", "Ra", "watts", "law")
        rows = [
            (
                face.name,
                f"{face.temperature - ZERO_CELSIUS:.1f}",
                f"{face.film.film:.2f}",
                f"{100 * face.film.radiative / face.film.film:.0f} %" if face.film.film > 0 else "",
                f"{face.film.nusselt:.3g}",
                f"{face.film.rayleigh:.2g}",
                f"{face.watts:.4f}",
                face.film.regime,
            )
            for face in sorted(setting.point.faces, key=lambda face: -abs(face.watts))
        ]
        lines += ["", *_table(heads, rows), "", f"{settled_words(setting.point).capitalize()}."]
    flows = setting.heat.flows
    found = paths(flows)
    ways = [
        (
            where if i == 0 else "",
            f"{path.watts:.4f} W",
            f"{100 * path.watts / flows.made:.1f} %",
            way_told(flows, path),
        )
        for where, parting in (("off the chip", found.off_sources), ("out of the package", found.out))
        for i, path in enumerate(parting)
        if abs(path.watts) >= LEAST_PATH * flows.made
    ]
    lines += ["", *_table(("heat", "watts", "share", "way"), ways)]
    if setting.heat.shares is not None:
        shares, names = setting.heat.shares, {node.name: solid_told(node) for node in flows.nodes}
        spent = [
            (names.get(name, name), f"{share * shares.rise:.3f} K", f"{100 * share:.2f} %")
            for name, share in list(shares.by_part.items())[:MOST_SHARES]
        ]
        lines += ["", *_table(("kelvins in", "", f"of {shares.rise:.4g} K"), spent)]
    return lines


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(line)} |" for line in (heads, ["---"] * len(heads), *(map(_cell, row) for row in rows))]


def _cell(text: str) -> str:
    bold = text.startswith("**")
    return f"**{plain(text.strip('*'))}**" if bold else plain(text)
