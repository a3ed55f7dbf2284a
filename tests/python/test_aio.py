"""The asyncio client gives what the other gives."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path

import pytest
from conftest import EXAMPLES, PROGRAM, SEARCH
from test_batch import varied

import raffinate
import raffinate.aio
from raffinate.v1 import dynamics_pb2

MAGNET = EXAMPLES / "magnet-simulate.yaml"


def test_both_clients_have_the_same_calls() -> None:
    for here, there in (
        (raffinate.Client, raffinate.aio.Client),
        (raffinate.Job, raffinate.aio.Job),
        (raffinate.Plant, raffinate.aio.Plant),
    ):
        for name, function in inspect.getmembers(here, inspect.isfunction):
            if name.startswith("_") and name != "__init__":
                continue
            other = getattr(there, name)
            ours = inspect.signature(function).parameters
            assert list(ours) == list(inspect.signature(other).parameters), name
            defaults = [p.default for p in ours.values()]
            assert defaults == [
                p.default for p in inspect.signature(other).parameters.values()
            ], name


def test_answers_are_the_same(
    server: raffinate.LocalServer, client: raffinate.Client, front: raffinate.ParetoSet
) -> None:
    async def run() -> None:
        async with raffinate.aio.Client(server.address) as other:
            await other.wait_ready()
            assert (await other.simulate(MAGNET)).proto.figures == client.simulate(
                MAGNET
            ).proto.figures
            assert await other.to_yaml(MAGNET) == client.to_yaml(MAGNET)
            job = await other.optimize(SEARCH)
            seen = [u.optimization.progress.evaluations async for u in job.watch(timeout_s=120)]
            assert seen == sorted(seen) and seen[-1] >= 1500
            assert (await job.result()).figures.equals(front.figures)
            assert (await other.job(job.name)).state == "succeeded"
            assert job.name in (await other.jobs()).frame.index
            await job.delete()
            with pytest.raises(raffinate.NotFound):
                await job.refresh()
            assert (await other.feeds()).frame.equals(client.feeds().frame)
            assert (await other.extractant_systems()).frame.equals(
                client.extractant_systems().frame
            )
            evaluation = await other.evaluate_extractant_system("P507-HCl", ph=1)
            assert evaluation.frame.equals(
                client.evaluate_extractant_system("P507-HCl", ph=1).frame
            )
            transient = await other.simulate_dynamic(EXAMPLES / "magnet-dynamics.yaml")
            assert transient.complete and isinstance(transient.states[0], dynamics_pb2.DynamicState)

    asyncio.run(run())


def test_simulations_run_side_by_side(
    server: raffinate.LocalServer, plant: raffinate.Simulation
) -> None:
    async def run() -> list[raffinate.Simulation]:
        async with raffinate.aio.Client(server.address) as client:
            return list(await asyncio.gather(*(client.simulate(f) for f in varied(plant, 40))))

    flows = [s.flowsheet.streams[2].flow_m3_per_h.value for s in asyncio.run(run())]
    assert flows == sorted(flows) and len(flows) == 40


def test_errors_have_their_places(server: raffinate.LocalServer) -> None:
    async def run() -> None:
        async with raffinate.aio.Client(server.address) as client:
            with pytest.raises(raffinate.InvalidFlowsheet) as caught:
                await client.simulate("name: a\nstreams:\n  feed: {flow: 1 kg}\n")
            assert any(v.line == 3 for v in caught.value.violations)
            with pytest.raises(raffinate.DeadlineExceeded):
                job = await client.optimize(SEARCH.replace("1500", "100000000"))
                try:
                    await job.result(timeout_s=0.5)
                finally:
                    await job.cancel()
        async with raffinate.aio.Client(
            "127.0.0.1:1", retry=raffinate.Retry(give_up_s=0.3)
        ) as nobody:
            with pytest.raises(raffinate.Unavailable):
                await nobody.simulate(MAGNET)
            with pytest.raises(raffinate.Unavailable):
                await nobody.wait_ready(0.3)

    asyncio.run(run())


def test_a_batch_keeps_its_order_with_wrong_ones_in_it(
    server: raffinate.LocalServer, plant: raffinate.Simulation
) -> None:
    async def run() -> None:
        async with raffinate.aio.Client(server.address) as client:
            assert [a async for a in client.simulate_batch([])] == []
            items = [*varied(plant, 400), "name: wrong\n", plant]
            kinds = [
                isinstance(a, raffinate.InvalidFlowsheet)
                async for a in client.simulate_batch(items)
            ]
            assert kinds == [False] * 400 + [True, False]

    asyncio.run(run())


def test_watch_and_batch_survive_the_death_of_the_server(
    plant: raffinate.Simulation, tmp_path: Path
) -> None:
    async def run() -> None:
        database = tmp_path / "jobs.db"
        server = raffinate.local_server(PROGRAM, database=database, threads=1)
        port = int(server.address.rsplit(":", 1)[1])

        def restart() -> raffinate.LocalServer:
            server.kill()
            return raffinate.local_server(PROGRAM, database=database, threads=1, port=port)

        try:
            async with raffinate.aio.Client(server.address) as client:
                flows: list[float] = []
                async for answer in client.simulate_batch(varied(plant, 800)):
                    assert isinstance(answer, raffinate.Simulation)
                    flows.append(answer.flowsheet.streams[2].flow_m3_per_h.value)
                    if len(flows) == 150:
                        server = restart()
                assert flows == [f.streams[2].flow_m3_per_h.value for f in varied(plant, 800)]
                job = await client.optimize(SEARCH.replace("1500", "15000"))
                killed = False
                async for update in job.watch(timeout_s=200):
                    if not killed and update.optimization.progress.evaluations > 1500:
                        server = restart()
                        killed = True
                assert killed and len(await job.result()) > 5
        finally:
            server.stop()

    asyncio.run(run())
