#!/usr/bin/env python3
"""Writes docs/extractants.md from what the program knows.

    data/document.py PROGRAM [--check]

PROGRAM is the built raffinate. --check writes nothing and fails when the page is
not what it would write; the tests do that.
"""

import json
import pathlib
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "extractants.md"


def ask(program, *arguments):
    result = subprocess.run([program, *arguments, "--json"], check=True, capture_output=True)
    return json.loads(result.stdout)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows] + [""]


def span(values, low, high, unit=""):
    if low not in values:
        return "not stated"
    if values[low] == values[high]:
        return f"{values[low]:.4g}{unit}"
    return f"{values[low]:.4g} to {values[high]:.4g}{unit}"


def source(entry):
    doi = entry.get("doi", "")
    return entry["source"] + (f" [doi:{doi}](https://doi.org/{doi})" if doi else "")


def aqueous(system):
    activity = system.get("activity", "IDEAL")
    models = {"IDEAL": "ideal", "DAVIES": "activity coefficients by Davies",
              "SIT": "activity coefficients by SIT, "
                     f"epsilon of H {system.get('proton_epsilon', 0):g}"}
    return f"{system.get('medium', 'CHLORIDE').lower()}, {models[activity]}"


def ligand(entry):
    protons = ", ".join(f"{number:g}" for number in entry.get("log10_protonation", []))
    return (f"charge -{entry['charge']:g}"
            + (f", log10 of protonation {protons}" if protons else "")
            + (f", epsilon {entry['epsilon']:g} kg/mol" if entry.get("epsilon") else "")
            + f", {entry['provenance'].lower()}: {source(entry)}")


LAWS = {
    "MASS_ACTION_DIMER": "mass action, D = K C^m / h^z",
    "CORRELATION": "correlation, log10 D = log10 K + the terms",
    "SOLVATION": "solvation, D = K X^n E^p",
    "CONSTANT_D": "constant D",
    "CONSTANT_BETA": "constant separation factors",
}


def ranges(system):
    validity = system["validity"]
    rows = [["law", LAWS[system["law"]]]]
    free = "extractant"
    if system.get("unit"):
        free = system["basis"].lower()
        rows.append(["basis, unit", f"{free}, {system['unit']}"])
    rows.append(["aqueous", aqueous(system)])
    rows += [[f"ligand {entry['name']}", ligand(entry)] for entry in system.get("ligands", [])]
    if system.get("second_extractant"):
        rows.append(["second extractant", system["second_extractant"]])
    if "reference_temperature_celsius" in system:
        rows.append(["constants at", f"{system['reference_temperature_celsius']:g} degC"])
    extractant = span(validity, "min_free_extractant_mol_per_l", "max_free_extractant_mol_per_l",
                      " mol/L")
    loading = (f"up to {100 * validity['max_loading']:.3g} %" if "max_loading" in validity
               else "not stated")
    rows += [
        ["pH", span(validity, "min_ph", "max_ph")],
        [f"free {free}", extractant],
        ["loading", loading],
        ["temperature", span(validity, "min_temperature_celsius", "max_temperature_celsius",
                             " degC")],
        ["medium", validity["medium"]],
    ]
    if "loading_limit" in system:
        limit = system["loading_limit"]
        rows.append(["loading limit", f"{100 * limit['share']:.3g} %, "
                                      f"{limit['provenance'].lower()}: {source(limit)}"])
    return table(["what", ""], rows + [["source", source(system)]])


def terms(constant):
    text = ""
    for term in constant.get("terms", []):
        coefficient = term.get("coefficient", 0)
        sign = " - " if coefficient < 0 else " + "
        text += sign if text else sign.strip().replace("+", "")
        text += f"{abs(coefficient):g}"
        for name, key in (("pH", "ph"), ("C", "c"), ("log10 C", "log_c"), ("L", "loading")):
            power = term.get(key, 0)
            text += f" {name}" if power == 1 else f" ({name})^{power}" if power else ""
    return text


def number(constant, key):
    return f"{constant[key]:g}" if key in constant else ""


def columns(system):
    """Title and text of what a law has beside its constant."""
    of_law = {
        "MASS_ACTION_DIMER": [("m", lambda c: number(c, "dimers"))],
        "CORRELATION": [("terms", terms), ("binds", lambda c: number(c, "extractants"))],
        "SOLVATION": [("n", lambda c: number(c, "anions")),
                      ("p", lambda c: number(c, "extractants"))],
    }
    chosen = of_law.get(system["law"], [])
    if any("enthalpy_kj_per_mol" in constant for constant in system["constants"]):
        chosen = chosen + [("enthalpy, kJ/mol", lambda c: number(c, "enthalpy_kj_per_mol"))]
    if system.get("activity") == "SIT":
        chosen = chosen + [("epsilon, kg/mol", lambda c: number(c, "epsilon"))]
    return chosen


def complexes(system, notes):
    rows = []
    for constant in system["constants"]:
        for entry in constant.get("complexes", []):
            betas = ", ".join(f"{beta:g}" for beta in entry["log10_beta"])
            rows.append([constant["element"], entry["ligand"], betas,
                         entry["provenance"].lower(), noted(source(entry), notes)])
    return table(["element", "ligand", "log10 beta", "class", "source"], rows) if rows else []


def species(system):
    rows = []
    for constant in system["constants"]:
        for entry in constant.get("species", []):
            rows.append([constant["element"], f"{entry.get('log10_k', 0):.4f}",
                         f"{entry.get('dimers', 0):g}", f"{entry.get('second', 0):g}"])
    return table(["further species of", "log10 K", "m", "second extractant"], rows) if rows else []


def noted(note, notes):
    if note not in notes:
        notes.append(note)
    return f"{notes.index(note) + 1}"


def value(system, constant):
    if system["law"] == "CONSTANT_D":
        return f"{constant['d']:g}"
    if system["law"] == "CONSTANT_BETA":
        return f"{constant['beta']:g}"
    return f"{constant['log10_k']:.4f}"


def constants(system):
    notes = []
    rows = []
    extra = columns(system)
    for constant in system["constants"]:
        error = constant.get("log10_standard_error")
        rows.append([constant["element"], value(system, constant),
                     "" if error is None else f"{error:.3f}"]
                    + [text(constant) for _, text in extra]
                    + [constant["provenance"].lower(), noted(source(constant), notes)])
    title = {"CONSTANT_D": "D", "CONSTANT_BETA": "beta"}.get(system["law"], "log10 K")
    lines = table(["element", title, "standard error"] + [title for title, _ in extra]
                  + ["class", "source"], rows)
    lines += species(system) + complexes(system, notes)
    return lines + [f"{i}. {note}" for i, note in enumerate(notes, 1)] + [""]


def page(program):
    lines = ["# Extractant systems", "",
             "Generated by `data/document.py` from the files of `data/extractants/`; nothing here is "
             "typed by hand. What the columns mean: [data.md](data.md). The same, with separation "
             "factors at any state: `raffinate extractants show NAME`.", ""]
    for listed in ask(program, "extractants", "list")["extractant_systems"]:
        shown = ask(program, "extractants", "show", listed["name"])
        system = shown["extractant_system"]
        lines += [f"## {system['name']}", "", system["description"], ""]
        lines += ranges(system) + constants(system)
    return "\n".join(lines).rstrip() + "\n"


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    text = page(arguments[0])
    if "--check" not in sys.argv:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        sys.exit("docs/extractants.md is not current; run data/document.py PROGRAM")


if __name__ == "__main__":
    main()
