"""The report is one file, says what the design does, and proposes by its rule."""

from __future__ import annotations

import os
import shutil
import subprocess
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from conftest import EXAMPLES, PROGRAM, SEARCH

import raffinate
from raffinate import reports
from raffinate.html import number, share
from raffinate.reports.command import main
from raffinate.reports.pdf import NoConverter, convert


class Page(HTMLParser):
    """Text, chapters and what the page asks for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.chapters: list[str] = []
        self.asked: list[str] = []
        self.tags: list[str] = []
        self.unclosed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "img", "br"):
            self.unclosed.append(tag)
        self.asked += [
            v or "" for k, v in attrs if k in ("src", "href", "srcset", "data", "action")
        ]

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.unclosed and self.unclosed[-1] == "h2":
            self.chapters.append(data)
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.words)


def test_the_report_stands_alone_and_says_what_the_simulation_says(
    client: raffinate.Client, front: raffinate.ParetoSet, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    choice = reports.write(file, front, client, origin="a test")
    page = Page(file.read_text(encoding="utf-8"))
    assert page.unclosed == []
    assert page.asked and all(a.startswith("data:image/svg+xml;base64,") for a in page.asked)
    assert not {"script", "link", "iframe"} & set(page.tags)
    assert page.tags.count("img") == 4
    assert page.chapters == [
        "What was asked",
        "The proposed design",
        "The trade-off",
        "Reagents and effluents",
        "Cost and carbon",
        "Where each element leaves",
        "Streams",
        "Over the stages",
        "What matters most",
        "What it rests on",
        "How to reproduce it",
    ]
    design = front.design(choice.design)
    f = design.proto.figures
    for product in f.products:
        assert share(product.purity, product.impurity) in page.text
    for value in (f.acid_kg_per_t_reo, f.wastewater_m3_per_t_reo, f.chloride_kg_per_t_reo):
        assert number(value) in page.text
    # Of the hourly balance, from the streams themselves: 36.461 g/mol of HCl.
    bought = [s for s in design.flowsheet.streams if not s.feed]
    acid_kg_per_h = 36.461 * sum(s.flow_m3_per_h.value * s.hcl_mol_per_l.value for s in bought)
    assert f"{number(acid_kg_per_h)} kg" in page.text
    # What the split needs at least, and the design of Xu.
    least = f.minimum
    assert f.base_over_minimum == pytest.approx(
        (f.base_kg_per_t_reo + least.released_acid_kg_per_t_reo) / least.min_base_kg_per_t_reo
    )
    assert least.HasField("xu")
    for said in (
        f"{f.base_over_minimum:.2f} ×",
        f"{f.acid_over_minimum:.2f} ×",
        number(least.min_stages),
        f"{number(least.xu.extraction_stages)} + {number(least.xu.scrub_stages)}",
    ):
        assert said in page.words
    # Cost lines sum to the cost, products share all of it; nothing over a limit goes unsaid.
    plant = client.simulate(design).proto.plant
    assert sum(c.usd_per_kg_reo for c in plant.costs) == pytest.approx(f.cost_usd_per_kg_reo)
    for line in plant.costs:
        assert number(line.usd_per_kg_reo) in page.words
    over = [e for e in plant.effluent if e.over_limit > 1]
    assert over and all(f"{e.over_limit:.3g} ×" in page.words for e in over)
    # Every constant and price with its source.
    system = client.extractant_system("P507-HCl")
    (neodymium,) = [c for c in system.constants if c.element == "Nd"]
    assert neodymium.source in page.text and number(neodymium.log10_k) in page.words
    assert plant.data and all(d.source in page.text for d in plant.data)
    for stream in client.simulate(design).streams.index:
        assert stream in page.text
    for flag in client.simulate(design).proto.flags:
        assert flag.message in page.text
    assert "seed 1" in page.text and "1500 simulations" in page.text
    assert "streams.caustic.flow" in page.text and "0.05 to 0.5 m3/h" in page.text
    # The file in it is the design.
    raw = file.read_text(encoding="utf-8")
    assert escape(client.to_yaml(design)) in raw


def test_a_pdf_is_made_where_the_machine_can(
    client: raffinate.Client,
    front: raffinate.ParetoSet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    html = tmp_path / "report.html"
    reports.write(html, front, client)
    made = tmp_path / "report.pdf"
    if any(map(shutil.which, ("weasyprint", "chromium", "chromium-browser", "google-chrome"))):
        convert(html, made)
        assert made.read_bytes()[:5] == b"%PDF-" and made.stat().st_size > 50_000
    # One that fails leaves what was there, and says why.
    made.write_bytes(b"before")
    broken = tmp_path / "bin" / "weasyprint"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho no fonts >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(broken.parent))
    with pytest.raises(NoConverter, match="no fonts"):
        convert(html, made)
    broken.unlink()
    with pytest.raises(NoConverter, match="install chromium or weasyprint"):
        convert(html, made)
    assert made.read_bytes() == b"before"


def test_the_tool_starts_the_report(tmp_path: Path) -> None:
    question = tmp_path / "magnet.yaml"
    question.write_text(SEARCH)
    result = tmp_path / "result"
    subprocess.run(
        [PROGRAM, "optimize", str(question), "-o", str(result)], check=True, capture_output=True
    )
    out = tmp_path / "out.html"
    command = [PROGRAM, "report", str(result), "--question", str(question), "--design", "2"]
    done = subprocess.run([*command, "-o", str(out)], capture_output=True, text=True, check=True)
    assert "proposes design 2 of" in done.stdout
    page = Page(out.read_text(encoding="utf-8"))
    assert "design 2 of" in page.text and "0.05 to 0.5 m3/h" in page.text
    bad = subprocess.run([PROGRAM, "report", str(tmp_path)], capture_output=True, text=True)
    assert bad.returncode == 2 and "pareto.json" in bad.stderr
    # A copy of the tool without the package beside it or on the path says what is missing.
    alone = Path(shutil.copy(PROGRAM, tmp_path / "raffinate"))
    missing = subprocess.run(
        [alone, "report", str(result)], capture_output=True, text=True, env={"PATH": str(tmp_path)}
    )
    assert missing.returncode == 1 and "pip install clients/python" in missing.stderr


def test_the_proposal_meets_demands_and_is_nearest(front: raffinate.ParetoSet) -> None:
    choice = reports.choose(front)
    assert not (front.design(choice.design).flags["code"] == "DEMANDS_NOT_MET").any()
    # By hand: distances in the space of the rule.
    costs = np.stack(
        [
            np.log10(1 - front.objectives["purity"]),
            front.objectives["reagents"],
            front.objectives["stages"],
        ],
        axis=1,
    )
    place = (costs - costs.min(axis=0)) / (costs.max(axis=0) - costs.min(axis=0))
    assert choice.design == 1 + int((place**2).sum(axis=1).argmin())
    assert choice.places["place"].to_numpy() == pytest.approx(place[choice.design - 1])
    assert reports.choose(front, 2).design == 2
    with pytest.raises(IndexError):
        reports.choose(front, 10_000)
    with pytest.raises(ValueError, match="empty"):
        reports.choose(raffinate.ParetoSet([]))


def test_no_proposal_where_nothing_meets_the_demands(front: raffinate.ParetoSet) -> None:
    protos = []
    for simulation in front.protos:
        copy = type(simulation)()
        copy.CopyFrom(simulation)
        copy.flags.add(code="DEMANDS_NOT_MET")
        protos.append(copy)
    with pytest.raises(ValueError, match="demands"):
        reports.choose(raffinate.ParetoSet(protos, front.question))


def test_names_of_other_people_run_no_script(
    client: raffinate.Client, front: raffinate.ParetoSet, tmp_path: Path
) -> None:
    evil = client.parse(front.question)
    evil.name = "<script>alert(1)</script>"
    evil.description = "<img src=http://example.com>"
    file = tmp_path / "report.html"
    reports.write(file, raffinate.ParetoSet(front.protos, evil), client)
    page = Page(file.read_text(encoding="utf-8"))
    assert "script" not in page.tags and all(a.startswith("data:") for a in page.asked)


def test_the_command_reads_what_the_tool_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = tmp_path / "magnet.yaml"
    question.write_text(SEARCH)
    result = tmp_path / "result"
    subprocess.run(
        [PROGRAM, "optimize", str(question), "-o", str(result)], check=True, capture_output=True
    )
    out = tmp_path / "report.html"
    assert main([str(result), "--question", str(question), "-o", str(out)]) == 0
    assert "proposes design" in capsys.readouterr().out
    page = Page(out.read_text(encoding="utf-8"))
    assert "raffinate 0.1.0" in page.text and "0.05 to 0.5 m3/h" in page.text
    # Without the question the ranges are not known, and all else is.
    assert main([str(result), "-o", str(out), "--design", "3"]) == 0
    page = Page(out.read_text(encoding="utf-8"))
    assert "design 3 of" in page.text and "0.05 to 0.5" not in page.text
    assert "Chosen by the author" in page.text


def test_the_command_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], server: raffinate.LocalServer
) -> None:
    out = str(tmp_path / "report.html")
    assert main([str(tmp_path), "-o", out, "--server", server.address]) == 2
    assert "pareto.json" in capsys.readouterr().err
    (tmp_path / "pareto.json").write_text("{}")
    assert main([str(tmp_path), "-o", out, "--server", server.address]) == 2
    assert "empty" in capsys.readouterr().err
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("name: a\nstreems: {}\n")
    assert (
        main([str(tmp_path), "--question", str(wrong), "-o", out, "--server", server.address]) == 2
    )
    assert "streems" in capsys.readouterr().err
    assert main([str(EXAMPLES), "-o", out, "--server", "127.0.0.1:1"]) == 4
    assert not os.path.exists(out)
