"""What MkDocs does not do by itself: globs in the nav, `|` in code within tables, and a site that loads nothing from elsewhere."""

import fnmatch
import pathlib
import re

from mkdocs.exceptions import PluginError

# Where a browser loads by itself; a link that somebody clicks is none of these.
LOADED = re.compile(r"""<(?:script|img|iframe|source|embed|video|audio)\b[^>]*?\s(?:src|srcset)=["']?((?:https?:)?//[^"'\s>]+)
                       |<link\b(?![^>]*\brel=["']?(?:canonical|next|prev|alternate))[^>]*?\shref=["']?((?:https?:)?//[^"'\s>]+)
                       |(?:url\(|@import\s+)["']?((?:https?:)?//[^"')\s]+)""", re.VERBOSE | re.IGNORECASE)
# The theme's script would fetch these for old browsers and for drawings of a kind that no page has.
FALLBACKS = re.compile(r"""["'`]https?://unpkg\.com/[^"'`]*["'`]""")


def pages(tree, entries):
    """The nav with globs replaced by the pages that they name, by name; sections without pages are left out."""
    found = []
    for entry in entries:
        if isinstance(entry, str):
            found += [page for page in tree if fnmatch.fnmatchcase(page, entry) and page.count("/") == entry.count("/")]
        else:
            found += [{title: inside} for title, section in entry.items() if (inside := pages(tree, section))]
    return found


def on_config(config):
    root = pathlib.Path(config.docs_dir)
    config.nav = pages(sorted(path.relative_to(root).as_posix() for path in root.rglob("*.md")), config.nav)
    return config


def on_page_markdown(markdown, page, **_):
    """In a table's row code hosts read `a\\|b` as the code a|b; here the backslash would stay, and code does not end a cell."""
    def unescaped(row):
        return re.sub(r"`[^`]*`", lambda code: code[0].replace(r"\|", "|"), row[0])
    return re.sub(r"^\|.*$", unescaped, markdown, flags=re.MULTILINE)


def on_post_build(config):
    site = pathlib.Path(config.site_dir)
    for script in site.rglob("*.js"):
        text = script.read_text()
        if FALLBACKS.search(text):
            script.write_text(FALLBACKS.sub('""', text))
    files = sorted(path for path in site.rglob("*") if path.suffix in (".html", ".css", ".svg"))
    outside = [f"{path.relative_to(site)} loads {''.join(found)}" for path in files for found in LOADED.findall(path.read_text())]
    if outside:
        raise PluginError("the site loads from elsewhere:\n  " + "\n  ".join(outside))
