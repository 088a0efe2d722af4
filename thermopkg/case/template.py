"""Which cases are there to start from? Commented files that `thermopkg new` writes."""

from importlib import resources

from thermopkg.errors import CaseError, Fault


def templates() -> dict[str, str]:
    """Name and purpose of every template; the purpose is the file's first line."""
    folder = resources.files("thermopkg.case").joinpath("templates")
    texts = {file.name.removesuffix(".toml"): file.read_text(encoding="utf-8") for file in folder.iterdir()}
    return {name: text.partition("\n")[0].lstrip("# ") for name, text in sorted(texts.items())}


def template_text(name: str) -> str:
    """The text of a template.

    Raises
    ------
    CaseError : there is none of that name
    """
    known = templates()
    if name not in known:
        raise CaseError([Fault("", f"there is no template '{name}'; there are {', '.join(known)}")], "new")
    return resources.files("thermopkg.case").joinpath("templates", f"{name}.toml").read_text(encoding="utf-8")
