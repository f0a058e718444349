"""Draws the rows of the dashboard from what a Prometheus had: not Grafana's own pictures, and they say so.

    draw.py DATA.json      what panels.py has asked for
"""

import json
import math
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator  # noqa: E402
from PIL import Image  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[3]
PICTURES = ROOT / "docs" / "pictures"
PAGE, PANEL, TEXT, FAINT = "#111217", "#181b1f", "#d8d9da", "#8e9299"
COLOURS = {"green": "#56a64b", "yellow": "#e0b400", "red": "#e02f44", "blue": "#5794f2", "purple": "#b877d9"}
LINES = ["#7eb26d", "#eab839", "#6ed0e0", "#ef843c", "#e24d42", "#1f78c1", "#ba43a9", "#705da0", "#508642", "#cca300", "#447ebc", "#c15c17"]
SCRAPE_SECONDS = 2  # as in panels.py
WIDTH, UNIT = 14.0, 0.40  # inches: of the page, of a line of the grid
# Distances between ticks that people read: minutes and hours, powers of two.
STEPS = {"s": [60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400], "bytes": [2**n for n in range(10, 50)], "Bps": [2**n for n in range(10, 50)]}


def scaled(value, steps, last):
    for size, name in steps:
        if abs(value) < size:
            return value, name
        value /= size
    return value, last


def shown(value, unit):
    """A number as Grafana would write it."""
    if unit == "s":
        if abs(value) < 1:
            return f"{value * 1000:.3g} ms"
        number, name = scaled(value, [(60, "s"), (60, "min"), (24, "hours")], "days")
        return f"{number:.3g} {name}"
    if unit == "percentunit":
        return f"{value * 100:.3g}%"
    if unit == "currencyUSD":
        return f"${value:.3g}" if abs(value) < 100 else f"${value:,.0f}"
    if unit in ("bytes", "Bps"):
        number, name = scaled(value, [(1024, "B"), (1024, "KiB"), (1024, "MiB")], "GiB")
        return f"{number:.4g} {name}" + ("/s" if unit == "Bps" else "")
    number, name = scaled(value, [(1000, ""), (1000, " K")], " Mil")
    return f"{number:.3g}{name}" + ("/s" if unit == "ops" else "")


def legend(target, labels):
    text = target["legendFormat"]
    for name, value in labels.items():
        text = text.replace("{{" + name + "}}", value)
    return text


def with_gaps(points):
    """No line is drawn over a time that has no value."""
    out = points[:1]
    for before, after in zip(points, points[1:]):
        if after[0] - before[0] > 1.5 * SCRAPE_SECONDS:
            out.append([before[0] + SCRAPE_SECONDS, math.nan])
        out.append(after)
    return out


def frame(axes, panel):
    axes.set_facecolor(PANEL)
    for side in axes.spines.values():
        side.set_color("#2c3235")
    axes.set_title(panel["title"] + ("  ↗" if panel["links"] else ""), loc="left", color=TEXT, fontsize=8.5, fontweight="bold", pad=4)


def step_colour(panel, value):
    colour = "green"
    for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]:
        if step["value"] is None or value >= step["value"]:
            colour = step["color"]
    return COLOURS[colour]


def draw_stat(axes, panel, rows):
    unit = panel["fieldConfig"]["defaults"]["unit"]
    points = rows[0][0][1]
    value = points[-1][1]
    frame(axes, panel)
    axes.set_facecolor(step_colour(panel, value))
    axes.set_xticks([])
    axes.set_yticks([])
    if len(points) > 1:
        values = [v for _, v in points]
        axes.fill_between(range(len(values)), values, color="white", alpha=0.18, linewidth=0)
        axes.plot(values, color="white", alpha=0.55, linewidth=1)
        axes.set_ylim(0, max(max(values), 1e-9) * 2.6)
        axes.set_xlim(0, len(values) - 1)
    axes.text(0.5, 0.62, shown(value, unit), transform=axes.transAxes, ha="center", va="center", color="white", fontsize=15, fontweight="bold")


def draw_lines(axes, panel, rows, data):
    defaults = panel["fieldConfig"]["defaults"]
    unit, start, end = defaults["unit"], data["start"], data["end"]
    stacked = defaults["custom"]["stacking"]["mode"] == "normal"
    limits = {one["matcher"]["options"] for one in panel["fieldConfig"]["overrides"]}
    frame(axes, panel)
    series = [(legend(target, labels), points) for target, answer in zip(panel["targets"], rows) for labels, points in answer]
    series.sort(key=lambda one: one[0] in limits)
    base = {}
    colours = iter(LINES * 5)
    for name, points in series:
        points = with_gaps(points)
        xs = [(at - start) / 60 for at, _ in points]
        values = [value for _, value in points]
        if name in limits:
            axes.plot(xs, values, color=COLOURS["red"], linewidth=1.2, linestyle=(0, (5, 3)), label=name)
            continue
        colour = next(colours)
        below = [base.get(at, 0.0) if stacked else 0.0 for at, _ in points]
        tops = [value + low for value, low in zip(values, below)]
        if stacked:
            base |= {at: top for (at, _), top in zip(points, tops)}
        if stacked and not any(values):
            continue  # a legend of zeros hides what is there
        axes.plot(xs, tops, color=colour, linewidth=1.1, label=name)
        axes.fill_between(xs, below, tops, color=colour, alpha=0.35 if stacked else 0.08, linewidth=0)
    if defaults["custom"]["thresholdsStyle"]["mode"] != "off":
        top = axes.get_ylim()[1]
        for step in defaults["thresholds"]["steps"][1:]:
            if step["value"] <= 1.5 * top:
                axes.axhline(step["value"], color=COLOURS[step["color"]], linewidth=1, linestyle=(0, (4, 4)))
    for name, colour in (("Rollout", "blue"), ("Worker started", "purple")):
        for _, points in data["shown"][name][0]:
            axes.axvline((points[0][0] - start) / 60, color=COLOURS[colour], linewidth=0.8, linestyle=":")
    axes.set_xlim(0, (end - start) / 60)
    highest = max((value for _, points in series for _, value in points), default=0)
    axes.set_ylim(0, defaults["max"] * 1.02 if "max" in defaults else axes.get_ylim()[1] if highest > 0 else 1)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    top = axes.get_ylim()[1]
    axes.yaxis.set_major_locator(next((MultipleLocator(step) for step in STEPS.get(unit, []) if step <= top <= 5 * step), MaxNLocator(5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{int(value)}:{round(value % 1 * 60):02d}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: shown(value, unit)))
    axes.grid(color="#2c3235", linewidth=0.6)
    axes.tick_params(colors=FAINT, labelsize=6.5, length=0)
    handles, names = axes.get_legend_handles_labels()
    if panel["options"]["legend"]["showLegend"] and names:
        cut = 8
        names = [name if len(name) < 34 else name[:32] + "…" for name in names]
        axes.legend(handles[:cut], names[:cut], loc="upper center", bbox_to_anchor=(0.5, -0.11), ncols=len(names) if len(names) < 5 else math.ceil(len(names[:cut]) / 2), fontsize=6.3, frameon=False, labelcolor=TEXT, handlelength=1.2, columnspacing=1.0, borderpad=0)


def draw_states(axes, panel, rows, data):
    frame(axes, panel)
    defaults, start, end = panel["fieldConfig"]["defaults"], data["start"], data["end"]
    mappings = defaults["mappings"][0]["options"]
    series = sorted((legend(panel["targets"][0], labels), points) for labels, points in rows[0])
    step = SCRAPE_SECONDS / 60
    for line, (name, points) in enumerate(reversed(series)):
        for at, value in points:
            axes.barh(line, step, left=(at - start) / 60, height=0.7, color=COLOURS[mappings[f"{value:g}"]["color"]], linewidth=0)
    axes.set_yticks(range(len(series)), [name for name, _ in reversed(series)])
    for one in mappings.values():
        axes.barh(-5, 0, color=COLOURS[one["color"]], label=one["text"])
    axes.set_ylim(-0.6, len(series) - 0.4)
    axes.set_xlim(0, (end - start) / 60)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{int(value)}:{round(value % 1 * 60):02d}"))
    axes.tick_params(colors=FAINT, labelsize=6.5, length=0)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.11), ncols=2, fontsize=6.3, frameon=False, labelcolor=TEXT, handlelength=1.2)


def draw_table(axes, panel, rows):
    frame(axes, panel)
    axes.set_xticks([])
    axes.set_yticks([])
    names = sorted({name for labels, _ in rows[0] for name in labels})
    for column, name in enumerate([*names, "workers"]):
        x = (column + 0.15) / (len(names) + 1)
        axes.text(x, 0.86, name, transform=axes.transAxes, color=COLOURS["blue"], fontsize=6.5, fontweight="bold")
        for line, (labels, points) in enumerate(rows[0]):
            axes.text(x, 0.70 - 0.14 * line, labels.get(name, f"{points[-1][1]:g}"), transform=axes.transAxes, color=TEXT, fontsize=6.2)


def draw_row(title, panels, data, file):
    top = min(panel["gridPos"]["y"] for panel in panels)
    height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels) - top
    inches = height * UNIT + 0.75
    figure = plt.figure(figsize=(WIDTH, inches), facecolor=PAGE)
    figure.text(0.008, 1 - 0.26 / inches, f"▾ {title}", color=TEXT, fontsize=11, fontweight="bold", va="center")
    figure.text(0.992, 0.13 / inches, "drawn by ./dev panels --update from a live Prometheus: two real workers and a real broker, a simulated provider with limits and faults; "
                "dashboard: deploy/grafana/prelabel.json", color=FAINT, fontsize=6.5, ha="right", va="center")
    for panel in panels:
        at = panel["gridPos"]
        is_stat = panel["type"] == "stat"
        left, right, above, below = (0.05, 0.05, 0.24, 0.06) if is_stat else (0.52, 0.08, 0.28, 0.50)
        x, y, w, h = at["x"] / 24 * WIDTH, (at["y"] - top) * UNIT + 0.45, at["w"] / 24 * WIDTH, at["h"] * UNIT
        if panel["type"] == "table":
            left, below = 0.08, 0.1
        if panel["type"] == "state-timeline":
            left = 1.35
        axes = figure.add_axes([(x + left) / WIDTH, 1 - (y + h - below) / inches, (w - left - right) / WIDTH, (h - above - below) / inches])
        rows = data["shown"][str(panel["id"])]
        if is_stat:
            draw_stat(axes, panel, rows)
        elif panel["type"] == "table":
            draw_table(axes, panel, rows)
        elif panel["type"] == "state-timeline":
            draw_states(axes, panel, rows, data)
        else:
            draw_lines(axes, panel, rows, data)
    figure.savefig(file, dpi=110, facecolor=PAGE)
    plt.close(figure)
    Image.open(file).convert("RGB").quantize(96).save(file, optimize=True)  # a quarter of the size, and no eye sees it


def main():
    data = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    dashboard = json.loads((ROOT / "deploy/grafana/prelabel.json").read_text(encoding="utf-8"))
    plt.rcParams["font.family"] = "DejaVu Sans"
    PICTURES.mkdir(exist_ok=True)
    rows, current = [], None
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            current = (panel["title"], list(panel["panels"]))
            rows.append(current)
        else:
            current[1].append(panel)
    for title, panels in rows:
        name = "".join(letter for letter in title.lower() if letter.isalnum() or letter == " ").replace(" ", "-")
        draw_row(title, panels, data, PICTURES / f"dashboard-{name}.png")


if __name__ == "__main__":
    main()
