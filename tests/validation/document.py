#!/usr/bin/env python3
"""Writes docs/validation.md and its pictures from runs of the program.

    tests/validation/document.py PROGRAM [--check]

PROGRAM is the built raffinate. --check draws nothing and fails when the page is not
what it would write; the tests do that. Numbers have few digits, so that machines
agree on them.
"""

import csv
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "validation.md"
IMAGES = ROOT / "docs" / "images"
DATA = ROOT / "data" / "equilibria" / "pc88a-hcl.csv"
EXAMPLES = ROOT / "examples"
ISOTHERM = ROOT / "data" / "equilibria" / "cyanex272-h2so4-isotherm.csv"
START = ["--extractant", "P507-HCl"]
INDUSTRIAL = ["--extractant", "P507-HCl-industrial"]

# An independent solution with residuals below 1e-14: stages, La, Nd, H in the raffinate.
CASE_1 = [
    (1, 0.09629205441, 0.07211046857, 0.1047924311),
    (3, 0.09467838974, 0.05713777063, 0.1545515189),
    (5, 0.09421380886, 0.05254032394, 0.1697376016),
    (10, 0.09387243266, 0.04910121665, 0.1810790521),
    (20, 0.09373986134, 0.04775235853, 0.1855233404),
]

FITS = [
    ("none", "squares", "P507-HCl as it is"),
    ("log10_k", "squares", "log10 K of 7 elements"),
    ("log10_k,dimers", "squares", "log10 K and one slope"),
    ("log10_k,dimers-per-element", "squares", "log10 K and 7 slopes"),
    ("log10_k", "huber", "log10 K, Huber"),
    ("log10_k,dimers", "huber", "log10 K and one slope, Huber"),
]

CYANEX_PICTURE = "extraction-cyanex272.svg"
PICTURES = [
    ("parity-p507.svg", ["parity", DATA, *START]),
    ("parity-p507-industrial.svg", ["parity", DATA, *INDUSTRIAL]),
    ("parity-fitted.svg", ["parity", DATA, "--extractant", "pc88a-hcl-fitted", "--file", "FITTED"]),
    ("extraction-p507.svg", ["extraction", "P507-HCl"]),
    ("mccabe-thiele-nd-pr.svg",
     ["mccabe-thiele", EXAMPLES / "nd-pr-split-simulate.yaml", "--elements", "Nd,Pr"]),
    ("profile-magnet.svg", ["profile", EXAMPLES / "magnet-simulate.yaml"]),
]


class Program:
    def __init__(self, path, folder):
        self.path, self.folder = str(pathlib.Path(path).resolve()), folder

    def run(self, *arguments):
        result = subprocess.run([self.path, *map(str, arguments)], cwd=self.folder,
                                capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"{arguments}: {result.stderr}")
        return result.stdout

    def ask(self, *arguments):
        return json.loads(self.run(*arguments, "--json"))

    def fit(self, data, parameters, loss, *more):
        return self.ask("fit", data, *START, "--parameters", parameters, "--loss", loss, *more)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows] + [""]


def rms(agreement):
    return f"{agreement['rms_of_feed']:.4f}" if agreement else "-"


def of_element(fit, element):
    return next(rms(e["after"]) for e in fit["elements"] if e["element"] == element)


def by_flask(fit):
    """rms over flasks, each the mean square of its values: those with four metals count once."""
    squares = {}
    for residual in fit["residuals"]:
        squares.setdefault(residual.get("contact", 0), []).append(residual["error_of_feed"] ** 2)
    return (sum(sum(own) / len(own) for own in squares.values()) / len(squares)) ** 0.5


def parity(fits, industrial):
    before = fits[0]["after"]["rms_of_feed"]
    flasks_before = by_flask(fits[0])
    named = [(name, fit) for (_, _, name), fit in zip(FITS, fits)]
    rows = []
    for name, fit in [named[0], ("P507-HCl-industrial as it is", industrial), *named[1:]]:
        after = fit["after"]
        rows.append([name, str(len(fit.get("parameters", []))), rms(after),
                     f"{1 - after['rms_of_feed'] / before:.0%}", f"{by_flask(fit):.4f}",
                     f"{1 - by_flask(fit) / flasks_before:.0%}", f"{after['r_squared']:.3f}",
                     rms(fit.get("left_out"))])
    left_out = rms(fits[1]["left_out_before"])
    return table(["constants", "fitted numbers", "rms of values", "less", "rms of flasks", "less",
                  "R² of molarity", "rms of left-out sources"], rows), left_out


def alone(program):
    """Each source fitted by itself: what no set of common constants can be better than."""
    with open(DATA, newline="") as file:
        head, *rows = list(csv.reader(file))
    out, squares, count = {}, 0, 0
    for source in dict.fromkeys(row[0] for row in rows):
        own = [row for row in rows if row[0] == source]
        path = pathlib.Path(program.folder) / "own.csv"
        with open(path, "w", newline="") as file:
            csv.writer(file).writerows([head, *own])
        after = program.fit(path, "log10_k", "squares")["after"]
        out[source] = rms(after)
        squares += after["values"] * after["rms_of_feed"] ** 2
        count += after["values"]
    return out, (squares / count) ** 0.5


def hidden(program):
    """Each third of the flasks predicted by a fit of the other two, as a user would do it."""
    with open(DATA, newline="") as file:
        head, *rows = list(csv.reader(file))
    folder = pathlib.Path(program.folder)
    out, squares, count = [], [0, 0], 0
    for part in range(3):
        for name, kept in (("seen", lambda k: k % 3 != part), ("hidden", lambda k: k % 3 == part)):
            with open(folder / f"{name}.csv", "w", newline="") as file:
                csv.writer(file).writerows([head, *(r for k, r in enumerate(rows) if kept(k))])
        program.fit("seen.csv", "log10_k,dimers", "squares", "-o", "seen.yaml")
        system = ["--extractant", "seen-fitted", "--file", "seen.yaml"]
        after, before = (program.ask("fit", "hidden.csv", *of, "--parameters", "none",
                                     "-o", "other.yaml")["after"] for of in (system, START))
        out.append([str(sum(k % 3 == part for k in range(len(rows)))), str(after["values"]),
                    rms(before), rms(after)])
        count += after["values"]
        for k, one in enumerate((before, after)):
            squares[k] += one["values"] * one["rms_of_feed"] ** 2
    whole = [(each / count) ** 0.5 for each in squares]
    out.append([f"all {len(rows)}", str(count), *(f"{each:.4f}" for each in whole)])
    return table(["hidden flasks", "values", "rms, P507-HCl", "rms, fitted without them"], out)


def sources(fit, own):
    rows = []
    for source in fit["sources"]:
        rows.append([source["source"], str(source["contacts"]), str(source["after"]["values"]),
                     rms(source["before"]), f"{source['before']['bias_of_feed']:+.3f}",
                     rms(source["after"]), f"{source['after']['bias_of_feed']:+.3f}",
                     rms(source.get("left_out")), own[source["source"]]])
    return table(["source", "flasks", "values", "rms, P507-HCl", "bias", "rms, fitted", "bias",
                  "rms, by the others", "rms, fitted alone"], rows)


def parameters(fit):
    rows = []
    for p in fit["parameters"]:
        rows.append([p["name"], f"{p['start']:.2f}", f"{p['value']:.2f}",
                     f"{p['standard_error']:.2f}", f"{p['low']:.2f} to {p['high']:.2f}"])
    return table(["parameter", "P507-HCl", "fitted", "standard error", "95 % interval"], rows)


def case_1(program):
    text = (EXAMPLES / "case1-la-nd.yaml").read_text()
    rows = []
    for stages, *expected in CASE_1:
        path = pathlib.Path(program.folder) / "case1.yaml"
        path.write_text(re.sub(r"stages: 3", f"stages: {stages}", text))
        simulation = program.ask("simulate", path)["simulation"]
        raffinate = next(s for s in simulation["streams"] if s["name"] == "raffinate")
        metals = {m["element"]: m["mol_per_l"] for m in raffinate["metals"]}
        found = [metals["La"], metals["Nd"], raffinate["free_acid_mol_per_l"]]
        worst = max(abs(a / b - 1) for a, b in zip(found, expected))
        rows.append([str(stages), *(f"{value:.6f}" for value in found),
                     "below 1e-8" if worst < 1e-8 else f"{worst:.0e}"])
    return table(["stages", "La, mol/L", "Nd, mol/L", "H+, mol/L", "largest relative difference"],
                 rows)


def case_2(program):
    simulation = program.ask("simulate", EXAMPLES / "gd-eu-sm-simulate.yaml")["simulation"]
    rows = []
    for stream, element, published in [("raffinate", "Sm", 0.9999),
                                       ("europium liquor", "Eu", 0.400),
                                       ("loaded organic", "Gd", 0.9991)]:
        metals = next(s for s in simulation["streams"] if s["name"] == stream)["metals"]
        total = sum(m["mol_per_l"] for m in metals)
        own = next(m["mol_per_l"] for m in metals if m["element"] == element)
        rows.append([f"{element} in {stream}", f"{published:.2%}", f"{own / total:.2%}"])
    return table(["product", "published", "simulated"], rows)


# PrOMMiS 1.0.0 (US DOE), commit 9beba554, steady test of its solvent extraction unit: molar
# mass there [g/mol], raffinate and extract [mg/L].
PROMMIS = [("Al", 26.982, 399.9500798514, 22.425), ("Ca", 40.078, 102.3360816023, 7.2059),
           ("Fe", 55.845, 585.5947170038, 102.67), ("Sc", 44.946, 2.7415e-3, 1.7633),
           ("Y", 88.905, 6.292748432e-6, 0.12402), ("La", 138.905, 0.9142143744, 0.071891),
           ("Ce", 140.116, 2.1095278998, 0.16778), ("Pr", 140.907, 0.2763100455, 0.026727),
           ("Nd", 144.242, 0.8809872255, 0.065178), ("Sm", 150.36, 0.08657862645, 0.010438),
           ("Gd", 157.25, 0.1924593341, 0.065974), ("Dy", 162.50, 1.1699115492e-3, 0.045838)]


def prommis(program):
    simulation = program.ask("simulate", EXAMPLES / "prommis-d2ehpa.yaml")["simulation"]
    streams = {stream["name"]: {m["element"]: m["mol_per_l"] for m in stream["metals"]}
               for stream in simulation["streams"]}
    rows = []
    for element, mass, raffinate, extract in PROMMIS:
        row = [element]
        for stream, published in [("raffinate", raffinate), ("loaded organic", extract)]:
            own = streams[stream][element] * mass * 1000
            row += [f"{published:.5g}", f"{own:.5g}", below(abs(own / published - 1))]
        rows.append(row)
    return table(["", "raffinate, mg/L", "ours", "difference", "extract, mg/L", "ours",
                  "difference"], rows)


# Jantunen et al. 2022: metals of the aqueous [g/L], molar mass, charge; dimer [mol/L] and O/A.
LEACHATE = {"Mn": (2.09, 54.938, 2), "Co": (16.5, 58.933, 2), "Ni": (2.05, 58.693, 2),
            "Li": (2.52, 6.94, 1)}
LEACHATE_DIMER, LEACHATE_RATIO = 0.4, 2.5


def isotherm():
    """Measured percent extracted: {pH: {element: text}}."""
    measured = {}
    with open(ISOTHERM, newline="") as file:
        for row in csv.DictReader(file):
            measured.setdefault(float(row["ph"]), {})[row["element"]] = row["extracted_percent"]
    return measured


def leachate(program):
    """What the constants extract of each element at a pH: a function of pH to percents."""
    system = program.ask("extractants", "show", "Cyanex272-H2SO4")["extractant_system"]
    constants = {c["element"]: (c["log10_k"], c["dimers"]) for c in system["constants"]}

    def share(element, ph, free):
        log10_k, dimers = constants[element]
        ratio = LEACHATE_RATIO * 10 ** (log10_k + LEACHATE[element][2] * ph) * free ** dimers
        return ratio / (1 + ratio)

    def bound(ph, free):
        return sum(constants[e][1] * share(e, ph, free) * grams / mass / LEACHATE_RATIO
                   for e, (grams, mass, _) in LEACHATE.items())

    def free_dimer(ph):
        low, high = 0.0, LEACHATE_DIMER
        for _ in range(60):
            middle = (low + high) / 2
            low, high = ((middle, high) if middle + bound(ph, middle) < LEACHATE_DIMER
                         else (low, middle))
        return low

    def extracted(ph):
        free = free_dimer(ph)
        return {element: 100 * share(element, ph, free) for element in LEACHATE}

    return extracted


def cyanex(program):
    """Measured points of the isotherm beside what the constants give at the pH of each."""
    measured, extracted = isotherm(), leachate(program)
    rows = []
    for ph in sorted(ph for ph, metals in measured.items() if len(metals) >= 2 and ph <= 7):
        ours = extracted(ph)
        row = [f"{ph:.2f}"]
        for element in LEACHATE:
            row += [measured[ph].get(element, "-"), f"{ours[element]:.1f}"]
        rows.append(row)
    head = ["pH"]
    for element in LEACHATE:
        head += [f"{element}, %", "ours"]
    return table(head, rows)


def draw_cyanex(program, path):
    """The same as curves with the measured points on them."""
    import matplotlib
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "raffinate"
    import matplotlib.pyplot

    measured, extracted = isotherm(), leachate(program)
    grid = [3 + 0.02 * n for n in range(201)]
    curves = [extracted(ph) for ph in grid]
    figure, axes = matplotlib.pyplot.subplots(figsize=(7, 4.2), layout="constrained")
    # Colours and marks that a colour-blind reader tells apart (Okabe and Ito).
    looks = [("#0072B2", "o"), ("#D55E00", "s"), ("#009E73", "^"), ("#CC79A7", "D")]
    for element, (colour, mark) in zip(LEACHATE, looks):
        axes.plot(grid, [curve[element] for curve in curves], color=colour, label=element)
        points = [(ph, float(metals[element])) for ph, metals in measured.items()
                  if element in metals and grid[0] <= ph <= grid[-1]]
        axes.plot(*zip(*sorted(points)), mark, color=colour, markersize=5)
    axes.set(xlabel="equilibrium pH", ylabel="extracted, %", xlim=(grid[0], grid[-1]),
             ylim=(-2, 102))
    axes.legend(title="line: Cyanex272-H2SO4\nmark: measured", frameon=False)
    axes.grid(alpha=0.3)
    figure.savefig(path, metadata={"Date": None})


def below(difference):
    """The power of ten that a difference stays below: no digit of it hangs on a machine."""
    bound = 1e-6
    while difference >= bound:
        bound *= 10
    return f"below {bound:.0e}"


def page(program):
    fits = [program.fit(DATA, parameters, loss, "-o", "other.yaml")
            for parameters, loss, _ in FITS]
    best = program.fit(DATA, "log10_k,dimers", "squares")
    industrial = program.ask("fit", DATA, *INDUSTRIAL, "--parameters", "none", "-o", "other.yaml")
    elsewhere = program.ask("fit", DATA, *INDUSTRIAL, "-o", "other.yaml")["after"]["rms_of_feed"]
    if abs(elsewhere - best["after"]["rms_of_feed"]) > 1e-5:
        sys.exit(f"the fit depends on where it starts: {elsewhere} from P507-HCl-industrial")
    own, floor = alone(program)
    agreement, left_out = parity(fits, industrial)
    worst = max(best["sources"], key=lambda s: s["after"]["rms_of_feed"])
    share = (worst["after"]["values"] * worst["after"]["rms_of_feed"] ** 2 /
             (best["after"]["values"] * best["after"]["rms_of_feed"] ** 2))
    lines = [
        "# Validation", "",
        "Generated by `tests/validation/document.py` from runs of the program; no number is typed "
        "by hand, except those quoted as published. The tests fail when the page is not current.",
        "", "## Shake-flask equilibria of PC88A in chloride", "",
        f"{len(best['residuals'])} analysed raffinates of "
        f"{sum(s['contacts'] for s in best['sources'])} flasks by seven groups "
        "([data/equilibria](../data/equilibria/README.md)), A/O 1. Acid, metals and extractant go "
        "in; the equilibrium pH is a result. Errors are shares of the feed, R² is of aqueous "
        "molarity; in the rms of flasks the mean square of a flask's values counts once. "
        "`P507-HCl` was measured by another group in nitrate; `P507-HCl-industrial` hangs Ce, Pr, Eu "
        "and Gd on it by the separation factors of plants ([data.md](data.md)), where the first "
        "interpolates. Neither has seen these data.", "", *agreement,
        f"*Left-out sources* are predicted by what the others give; with the constants of "
        f"`P507-HCl` the same values have {left_out}. Dy, Sm and Y are in one source alone and "
        "are not in that column.", "",
        "![P507-HCl against the data](images/parity-p507.svg)", "",
        "![P507-HCl-industrial against the data](images/parity-p507-industrial.svg)", "",
        "![Fitted](images/parity-fitted.svg)", "",
        "The fit of the default, log10 K and one slope m:", "", *parameters(best),
        f"The residuals of one element in one source correlate "
        f"({best['intraclass_correlation']:.2f}), so that {best['after']['values']} values are "
        f"worth {best['after']['values'] / best['design_effect']:.0f} independent ones: the "
        "errors count that. Every slope lies between z/2 and z.", "",
        "### Hidden flasks", "",
        "Every third flask is kept from the fit and predicted with the file that it writes "
        "(`raffinate fit hidden.csv --extractant NAME --file FITTED --parameters none`):", "",
        *hidden(program),
        "### By source", "", *sources(best, own),
        "### What the two unfitted systems say", "",
        f"The factors of plants bring the error of Pr from "
        f"{of_element(fits[0], 'Pr')} to {of_element(industrial, 'Pr')} and that of all values "
        f"from {rms(fits[0]['after'])} to {rms(industrial['after'])}; Nd, Sm, Dy and Y have the "
        "same constants in both. The fit is the same from both, and its "
        f"{rms(best['after'])} is {1 - best['after']['rms_of_feed'] / fits[0]['after']['rms_of_feed']:.0%} "
        f"below `P507-HCl` and "
        f"{1 - best['after']['rms_of_feed'] / industrial['after']['rms_of_feed']:.0%} below "
        "`P507-HCl-industrial`.", "",
        "### What bounds the fit", "",
        f"- The sources disagree with each other. Constants of its own for every source, the "
        f"least that mass action with m = 3 can do, give {floor:.3f}; common ones cannot.",
        f"- {worst['source']} alone makes up {share:.0%} of the squared error of the fit: its "
        f"{worst['contacts']} flasks took up more metal than the acid that this releases allows, "
        "at any K that suits the others. Perhaps their acidity was held, or the organic was "
        "saponified; the collection does not say.",
        "- More slopes lower the rms of the data and not that of left-out sources. One slope is "
        "what the data carry, and barely: 3 lies in its interval.",
        "- A robust loss follows the majority: a larger rms over all, a smaller one over "
        "left-out sources.",
        "- Concentrations stand for activities, and chloride complexes are not in the law; "
        "P507-HCl came from nitrate.", "",
        "## pH and extraction", "",
        "The constants of `P507-HCl` as curves; they rest on measurements for La, Nd, Sm, Dy and "
        "Y, and the equal distances from La to Nd are an artefact of interpolation "
        "([data.md](data.md)).", "",
        "![Extraction against pH](images/extraction-p507.svg)", "",
        "## Cobalt and nickel with Cyanex 272", "",
        "Extracted from a battery leachate, Co 16.5, Li 2.52, Mn 2.09 and Ni 2.05 g/L in sulphate, "
        "by 0.8 mol/L of Cyanex 272 at O/A 2.5 and 25 degC (Jantunen et al. 2022, doi "
        "10.3390/met12091445, figure 3b and text, as digitized by a public repository: "
        "[data/equilibria](../data/equilibria/README.md)), beside what `Cyanex272-H2SO4` gives "
        "at that pH with all four metals taking their dimer. Its constants are means over these "
        "points: picture and table show how well mass action describes them and are no test on "
        "other data.", "", f"![Cyanex 272 against the data](images/{CYANEX_PICTURE})", "",
        *cyanex(program),
        "Other readable numbers: the factor Co/Ni is 130 (doi 10.3390/min13020285) to 1500 (doi "
        "10.5277/ppmp/193742), here 10^2.906, 805, at any pH: both metals have the same "
        "exponents here.", "",
        "## Reference cascades", "",
        "La and Nd 0.1 mol/L each, H+ 0.01 mol/L against 0.5 mol/L of dimer, O/A 1, against an "
        "independent solution with residuals below 1e-14 (`examples/case1-la-nd.yaml`):", "",
        *case_1(program),
        "Zhang, Zhao, Schreiner 2016, doi 10.1007/978-3-319-28235-0, three outlets at constant "
        "separation factors (`examples/gd-eu-sm-simulate.yaml`):", "", *case_2(program),
        "D2EHPA in sulphate by the correlation of PrOMMiS 1.0.0, three stages, against the outlet "
        "of its own steady test, whose tolerance is 1e-4 (`examples/prommis-d2ehpa.yaml`):", "",
        *prommis(program),
        "An Nd/Pr split and a magnet plant, as `raffinate plot` draws them:", "",
        "![McCabe-Thiele](images/mccabe-thiele-nd-pr.svg)", "",
        "![Stages](images/profile-magnet.svg)",
    ]
    return "\n".join(lines) + "\n"


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        program = Program(arguments[0], folder)
        text = page(program)
        if "--check" in sys.argv:
            if not PAGE.exists() or PAGE.read_text() != text:
                sys.exit("docs/validation.md is not current; run "
                         "tests/validation/document.py PROGRAM")
            for name in [CYANEX_PICTURE, *(name for name, _ in PICTURES)]:
                if not (IMAGES / name).exists():
                    sys.exit(f"docs/images/{name} is missing")
            return
        PAGE.write_text(text)
        IMAGES.mkdir(exist_ok=True)
        for name, arguments in PICTURES:
            arguments = ["pc88a-hcl-fitted.yaml" if a == "FITTED" else a for a in arguments]
            program.run("plot", *arguments, "-o", IMAGES / name)
        draw_cyanex(program, IMAGES / CYANEX_PICTURE)


if __name__ == "__main__":
    main()
