"""Optimizations: watched, found again, cancelled, and not lost with the server."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import PROGRAM, SEARCH

import raffinate
from raffinate import _queries


def test_updates_grow_until_the_end(client: raffinate.Client) -> None:
    job = client.optimize(SEARCH)
    updates = list(job.watch(timeout_s=120))
    evaluations = [u.optimization.progress.evaluations for u in updates]
    assert evaluations == sorted(evaluations)
    assert job.ended and job.state == "succeeded"
    assert updates[-1].optimization.progress.stop_reason == "evaluations"
    fronts = [u.pareto for u in updates if u.pareto is not None]
    assert list(fronts[-1].columns) == ["purity", "reagents", "stages"]
    # The last front told is the result.
    result = job.result()
    assert len(fronts[-1]) == len(result)
    assert sorted(fronts[-1]["stages"]) == sorted(result.objectives["stages"])


def test_no_design_is_better_in_everything(front: raffinate.ParetoSet) -> None:
    scores = front.objectives.copy()
    for name, more_is_better in front.maximized.items():
        if more_is_better:
            scores[name] = -scores[name]
    values = scores.to_numpy()
    for row in values:
        dominated = (values <= row).all(axis=1) & (values < row).any(axis=1)
        assert not dominated.any()


def test_frames_of_a_front_belong_together(front: raffinate.ParetoSet) -> None:
    assert len(front) > 5
    assert front.figures.index[0] == 1 and front.figures.index.name == "design"
    worst = front.figures[["light.purity", "heavy.purity"]].min(axis=1)
    assert (front.objectives["purity"] == worst).all()
    design = front.design(4)
    assert design.figures.loc["reagents", "value"] == front.figures.loc[4, "reagents_kg_per_t_reo"]
    sections = {s.name: s.stages.value for s in design.flowsheet.circuits[0].sections}
    assert front.decisions.loc[4, "circuits.heavy.sections.scrub.stages"] == sections["scrub"]
    assert front.decisions["streams.caustic.flow [m3/h]"].between(0.05, 0.5).all()
    assert (front.figure("light.purity") == front.figures["light.purity"]).all()
    with pytest.raises(KeyError, match="reagents"):
        front.figure("colour")
    with pytest.raises(IndexError, match="from 1"):
        front.design(0)


def test_a_saved_front_is_read_back(front: raffinate.ParetoSet, tmp_path: Path) -> None:
    front.save(tmp_path / "pareto.json")
    again = raffinate.ParetoSet.load(tmp_path / "pareto.json", front.question)
    assert again.figures.equals(front.figures) and again.decisions.equals(front.decisions)
    (tmp_path / "other.json").write_text("{]")
    with pytest.raises(ValueError, match="other.json"):
        raffinate.ParetoSet.load(tmp_path / "other.json")


def test_full_results_have_profiles(client: raffinate.Client, front: raffinate.ParetoSet) -> None:
    with pytest.raises(ValueError, match="simulate"):
        front.design(1).plot_profile()
    assert front.optimization is not None
    full = client.job(front.optimization.name).designs(full=True)
    assert len(full.design(1).stages) == full.figures.loc[1, "stages"]


def test_the_same_request_id_makes_one_job(client: raffinate.Client) -> None:
    first = client.optimize(SEARCH, request_id="one")
    assert client.optimize(SEARCH, request_id="one").name == first.name
    with pytest.raises(raffinate.Conflict) as caught:
        client.optimize(SEARCH.replace("seed: 1", "seed: 2"), request_id="one")
    assert caught.value.reason == "REQUEST_ID_REUSED"
    first.result(timeout_s=120)


def test_cancel_keeps_what_was_found_and_delete_ends_it(client: raffinate.Client) -> None:
    job = client.optimize(SEARCH.replace("evaluations: 1500", "evaluations: 100000000"))
    with pytest.raises(raffinate.Conflict):
        job.delete()
    with pytest.raises(raffinate.DeadlineExceeded, match="goes on"):
        job.result(timeout_s=1.0)
    for update in job.watch(timeout_s=120):
        if update.optimization.progress.pareto_size > 3:
            break
    job.cancel()
    assert len(job.result(timeout_s=60)) > 3
    assert job.state == "cancelled"
    assert job.name in client.jobs().frame.index
    job.delete()
    with pytest.raises(raffinate.NotFound):
        job.refresh()
    assert job.name not in client.jobs().frame.index


def test_a_watch_survives_the_death_of_the_server(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """kill -9 in the middle of a search; a new server on the same port and database takes the job
    up and the watch goes on, to the result of an undisturbed search."""
    search = SEARCH.replace("evaluations: 1500", "evaluations: 20000")
    database = tmp_path / "jobs.db"
    server = raffinate.local_server(PROGRAM, database=database, threads=1)
    port = int(server.address.rsplit(":", 1)[1])
    undisturbed = raffinate.local_server(PROGRAM, threads=1)
    try:
        with server.client() as client, undisturbed.client() as other:
            job = client.optimize(search)
            log: list[str] = []
            killed = False
            for update in job.watch(timeout_s=200):
                log += update.log
                if not killed and update.optimization.progress.evaluations > 2500:
                    server.kill()
                    server = raffinate.local_server(
                        PROGRAM, database=database, threads=1, port=port
                    )
                    killed = True
            assert killed, "the search ended before the server could be killed"
            result = job.result()
            assert "trying again" in caplog.text and "answers again" in caplog.text
            reference = other.optimize(search).result(timeout_s=200)
            assert result.figures.equals(reference.figures)
            assert len(log) == len(set(log)), "a line of the log was told twice"
    finally:
        server.stop()
        undisturbed.stop()


def test_a_log_that_is_told_again_is_told_once() -> None:
    fresh = _queries.fresh_lines
    assert fresh(["a", "b"], ["a", "b", "c"]) == ["c"]
    assert fresh(["a", "b", "c"], ["a", "b"]) == []  # a checkpoint before
    assert fresh(["a", "b", "c"], ["b", "c", "d"]) == ["d"]  # the oldest dropped
    assert fresh([], ["a"]) == ["a"]
    assert fresh(["a"], []) == []


def test_the_bar_counts_to_the_end(
    client: raffinate.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.optimize(SEARCH).result(progress=True, timeout_s=120)
    assert "1.50k/1.50k" in capsys.readouterr().err
