"""How every chart looks: a colour for each server, in light and in dark, and room for the data.

Charts are drawn in placeholder colours. An SVG gets style sheet variables in their place, so that it follows the reader's
light or dark; a PNG gets the light colours."""

import io
import re

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

# Name -> (light, dark). The servers' differ in lightness too, for those who see few colours.
COLOURS = {
    "coronet": ("#0b6bcb", "#58a6ff"), "redis": ("#c8324a", "#ff7b86"), "memcached": ("#a86a00", "#e3b341"), "floor": ("#697386", "#98a4b5"),
    "ink": ("#1b2430", "#e6edf3"), "quiet": ("#5c6775", "#9aa7b4"), "grid": ("#e3e8ee", "#2b3440"), "ground": ("#ffffff", "#12171e"),
}
# Stand for the colours above while matplotlib draws; found again in what it writes.
PLACEHOLDERS = {name: f"#0102{index:02x}" for index, name in enumerate(COLOURS, 3)}
FONT = "system-ui, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', sans-serif"


LIGHT = {name: pair[0] for name, pair in COLOURS.items()}
_palette = PLACEHOLDERS


def use(palette: dict):
    """What is drawn from now on is drawn in these: PLACEHOLDERS for SVG, LIGHT for PNG."""
    global _palette
    _palette = palette


def colour(name: str) -> str:
    return _palette[name]


def close_all():
    """Lets go of the figures of before."""
    plt.close("all")


def figure(columns: int = 1, width: float = 9.0, height: float = 4.6, share_y: bool = False):
    """A figure with `columns` panels side by side, its margins left to `finish`."""
    plt.rcParams.update({
        "svg.fonttype": "none", "font.family": "DejaVu Sans", "font.size": 10.5, "axes.edgecolor": colour("quiet"),
        "axes.labelcolor": colour("quiet"), "text.color": colour("ink"), "xtick.color": colour("quiet"), "ytick.color": colour("quiet"),
        "axes.facecolor": "none", "figure.facecolor": colour("ground"), "savefig.facecolor": colour("ground"), "svg.hashsalt": "coronet",
        "xtick.labelsize": 9.5, "ytick.labelsize": 9.5, "axes.labelsize": 10,
    })
    drawn, axes = plt.subplots(1, columns, figsize=(width, height), squeeze=False, sharey=share_y)
    for axis in axes[0]:
        for side in ("top", "right", "left"):
            axis.spines[side].set_visible(False)
        axis.grid(axis="y", color=colour("grid"), linewidth=0.9)
        axis.set_axisbelow(True)
        axis.tick_params(length=0, pad=5)
    return drawn, list(axes[0])


def finish(drawn, title: str, subtitle: str):
    """Title and subtitle over the panels, flush left."""
    inch = 1 / drawn.get_figheight()
    drawn.tight_layout(rect=(0, 0, 1, 1 - 0.74 * inch), w_pad=2.5)
    drawn.text(0.012, 1 - 0.22 * inch, title, fontsize=13.5, fontweight="bold", va="center")
    drawn.text(0.012, 1 - 0.52 * inch, subtitle, fontsize=10, color=colour("quiet"), va="center")
    return drawn


def label_ends(axis, ends: list, gap: float = 13.0):
    """Names at the ends of lines, moved apart where they would overlap. `ends`: (x, y, text, colour name)."""
    axis.figure.canvas.draw()
    places = sorted(((axis.transData.transform((x, y))[1], x, y, text, name) for x, y, text, name in ends), key=lambda place: place[0])
    scale = axis.figure.dpi / 72
    last = None
    for height, x, y, text, name in places:
        target = height if last is None else max(height, last + gap * scale)
        last = target
        axis.annotate(text, (x, y), xytext=(8, (target - height) / scale), textcoords="offset points", va="center",
                      fontsize=10, fontweight="bold", color=colour(name), annotation_clip=False).set_in_layout(False)


def svg(drawn, name: str, page: bool = False) -> str:
    """The figure as SVG text. For a page it uses the page's variables; alone it brings its own, light and dark. `name`
    keeps what it defines apart from what other charts of the page define."""
    written = io.StringIO()
    drawn.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    text = written.getvalue()
    text = text[text.index("<svg"):]
    for meaning, placeholder in PLACEHOLDERS.items():
        text = text.replace(placeholder, f"var(--{meaning})")
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"(font: [^;\"]*?)'?DejaVu Sans'?(, [^;\"]*)?", rf"\1{FONT}", text)
    text = re.sub(r'<svg ([^>]*?)width="[\d.]+pt" height="[\d.]+pt"|<svg ', lambda match: "<svg " + (match.group(1) or ""), text, count=1)
    text = re.sub(r'\b(width|height)="[\d.]+pt" ?', "", text, count=2)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\1{name}-", text)
    return text if page else text.replace(">", f">\n<style>{variables('svg')}</style>", 1)


def png(drawn) -> bytes:
    """The figure as PNG bytes; it must have been drawn in the light colours."""
    written = io.BytesIO()
    drawn.savefig(written, format="png", dpi=144)
    return written.getvalue()


def variables(selector: str) -> str:
    """The colours as style sheet variables of `selector`, dark where the reader prefers it."""
    light, dark = ("".join(f"--{name}:{pair[side]};" for name, pair in COLOURS.items()) for side in (0, 1))
    return f"{selector}{{{light}}}@media (prefers-color-scheme: dark){{{selector}{{{dark}}}}}"
