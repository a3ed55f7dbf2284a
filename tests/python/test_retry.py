"""Tries again by the conventions of gRPC, against a server whose failures are known."""

from __future__ import annotations

import subprocess
import time
from concurrent import futures
from pathlib import Path
from typing import Any, Callable, Iterator

import grpc
import pytest

import raffinate
from raffinate import errors
from raffinate.v1 import chemistry_pb2, flowsheet_pb2

Answer = Callable[[grpc.ServicerContext], Any]


def abort(
    context: grpc.ServicerContext, code: grpc.StatusCode, retry_delay_s: float | None = None
) -> None:
    if retry_delay_s is not None:
        errors.decode_details(b"")  # loads the messages
        status = errors._messages["Status"](code=code.value[0])
        retry = errors._messages["RetryInfo"]()
        retry.retry_delay.nanos = round(1e9 * retry_delay_s)
        status.details.add(
            type_url="type.googleapis.com/google.rpc.RetryInfo", value=retry.SerializeToString()
        )
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, "not now")


class Stub(grpc.GenericRpcHandler):
    """Answers GetExtractantSystem as `script` says, call by call; the last for ever."""

    def __init__(self) -> None:
        self.script: list[Answer] = []
        self.times: list[float] = []
        self.metadata: list[dict[str, str]] = []

    def service(self, details: Any) -> grpc.RpcMethodHandler:
        def handle(request: bytes, context: grpc.ServicerContext) -> bytes:
            self.times.append(time.monotonic())
            self.metadata.append(dict(context.invocation_metadata()))
            step = self.script[min(len(self.times), len(self.script)) - 1]
            answer = step(context)
            return bytes(answer.SerializeToString())

        return grpc.unary_unary_rpc_method_handler(handle)


def good(context: grpc.ServicerContext) -> Any:
    return flowsheet_pb2.ExtractantSystem(name="found")


def unavailable(context: grpc.ServicerContext) -> Any:
    abort(context, grpc.StatusCode.UNAVAILABLE)


@pytest.fixture
def stub() -> Iterator[tuple[Stub, str]]:
    handler = Stub()
    server = grpc.server(futures.ThreadPoolExecutor(2), handlers=[handler])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield handler, f"127.0.0.1:{port}"
    server.stop(0)


FAST = raffinate.Retry(give_up_s=5, first_delay_s=0.02, max_delay_s=0.1)


def test_unavailable_is_tried_again_with_growing_waits(stub: tuple[Stub, str]) -> None:
    handler, address = stub
    handler.script = [unavailable, unavailable, unavailable, good]
    with raffinate.Client(address, retry=FAST) as client:
        assert client.extractant_system("x").name == "found"
    waits = [b - a for a, b in zip(handler.times, handler.times[1:])]
    assert len(waits) == 3
    # 20 % of chance in each wait.
    for wait, least in zip(waits, (0.016, 0.032, 0.064)):
        assert wait >= least


def test_the_delay_of_the_server_is_kept(stub: tuple[Stub, str]) -> None:
    handler, address = stub
    handler.script = [lambda c: abort(c, grpc.StatusCode.RESOURCE_EXHAUSTED, 0.5), good]
    with raffinate.Client(address, retry=FAST) as client:
        client.extractant_system("x")
    assert handler.times[1] - handler.times[0] >= 0.5


def test_a_request_that_is_too_large_is_not_sent_again(stub: tuple[Stub, str]) -> None:
    handler, address = stub
    handler.script = [lambda c: abort(c, grpc.StatusCode.RESOURCE_EXHAUSTED)]
    with raffinate.Client(address, retry=FAST) as client:
        with pytest.raises(raffinate.Overloaded):
            client.extractant_system("x")
    assert len(handler.times) == 1


@pytest.mark.parametrize(
    "code, kind",
    [
        (grpc.StatusCode.NOT_FOUND, raffinate.NotFound),
        (grpc.StatusCode.INTERNAL, raffinate.RaffinateError),
        (grpc.StatusCode.INVALID_ARGUMENT, raffinate.InvalidRequest),
    ],
)
def test_what_stays_wrong_is_not_tried_again(
    stub: tuple[Stub, str], code: grpc.StatusCode, kind: type[Exception]
) -> None:
    handler, address = stub
    handler.script = [lambda c: abort(c, code)]
    with raffinate.Client(address, retry=FAST) as client:
        with pytest.raises(kind):
            client.extractant_system("x")
    assert len(handler.times) == 1


def test_it_gives_up_in_time(stub: tuple[Stub, str]) -> None:
    handler, address = stub
    handler.script = [unavailable]
    with raffinate.Client(
        address, retry=raffinate.Retry(give_up_s=0.5, first_delay_s=0.05)
    ) as client:
        began = time.monotonic()
        with pytest.raises(raffinate.Unavailable):
            client.extractant_system("x")
        assert time.monotonic() - began < 2
    assert len(handler.times) > 2
    with raffinate.Client(address, retry=raffinate.Retry(give_up_s=0)) as client:
        count = len(handler.times)
        with pytest.raises(raffinate.Unavailable):
            client.extractant_system("x")
        assert len(handler.times) == count + 1


def test_the_deadline_holds_over_all_tries(stub: tuple[Stub, str]) -> None:
    handler, address = stub

    def slow(context: grpc.ServicerContext) -> Any:
        time.sleep(2)
        return good(context)

    handler.script = [unavailable, slow]
    with raffinate.Client(address, retry=FAST) as client:
        began = time.monotonic()
        with pytest.raises(raffinate.DeadlineExceeded):
            client.extractant_system("x", timeout_s=0.5)
        assert 0.4 < time.monotonic() - began < 1.5


def test_tls_and_a_bearer_token_reach_an_endpoint_that_has_them(tmp_path: Path) -> None:
    """As of a proxy before the server."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            str(key),
            "-out",
            str(certificate),
        ],
        check=True,
        capture_output=True,
    )
    handler = Stub()
    handler.script = [good]
    server = grpc.server(futures.ThreadPoolExecutor(2), handlers=[handler])
    credentials = grpc.ssl_server_credentials([(key.read_bytes(), certificate.read_bytes())])
    port = server.add_secure_port("localhost:0", credentials)
    server.start()
    try:
        trust = grpc.ssl_channel_credentials(certificate.read_bytes())
        bearer = {"Authorization": "Bearer abc"}
        with raffinate.Client(f"localhost:{port}", credentials=trust, metadata=bearer) as client:
            assert client.extractant_system("x").name == "found"
        assert handler.metadata[0]["authorization"] == "Bearer abc"
        with raffinate.Client(f"localhost:{port}", retry=raffinate.Retry(give_up_s=0.3)) as client:
            with pytest.raises(raffinate.Unavailable):
                client.extractant_system("x")
    finally:
        server.stop(0)


def test_unknown_methods_say_that_the_server_is_older(server: raffinate.LocalServer) -> None:
    from raffinate import _rpc

    method = _rpc.Method(
        "/raffinate.v1.Chemistry/NoSuchCall",
        chemistry_pb2.ListFeedsRequest,
        chemistry_pb2.ListFeedsResponse,
    )
    with server.client() as client:
        with pytest.raises(raffinate.RaffinateError, match="older"):
            client.call(method, chemistry_pb2.ListFeedsRequest())
