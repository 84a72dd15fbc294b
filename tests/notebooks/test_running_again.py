"""In a real kernel: a cell that is run again gives its takes back instead of asking for new ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

import studio

ASKS = 'print(*[take.label for take in film.generate("07A", takes=2, seconds=0.25).wait()])'


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("again") / "film"
    with studio.new(folder, size=(64, 64), authors=["ada"]) as film:
        film.write("07A", "two teenagers in a corridor", camera="push in")
    return folder


@pytest.fixture(scope="module")
def kernel(film: Path) -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel(kernel_name="python3")
    run(client, f"import studio\nfilm = studio.open({str(film)!r})")
    yield client
    run(client, "film.close()")
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run(client: BlockingKernelClient, code: str, cell: str = "") -> str:
    """What a cell prints."""
    content = {
        "code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
        "stop_on_error": True,
    }  # fmt: skip
    message = client.session.msg("execute_request", content, metadata={"cellId": cell} if cell else {})
    client.shell_channel.send(message)
    said = ""
    while True:
        heard = client.get_iopub_msg(timeout=60)
        if heard["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        if heard["msg_type"] == "stream":
            said += heard["content"]["text"]
        if heard["msg_type"] == "error":
            said += "\n".join(heard["content"]["traceback"])
        if heard["msg_type"] == "status" and heard["content"]["execution_state"] == "idle":
            client.get_shell_msg(timeout=60)
            return said.strip()


def test_a_cell_run_again_gives_its_takes_back(kernel: BlockingKernelClient) -> None:
    first = run(kernel, ASKS, "cell-a")
    assert first == "07A-001 07A-002"
    assert run(kernel, ASKS, "cell-a") == first
    assert run(kernel, f"{ASKS}  # edited elsewhere", "cell-a") == first


def test_another_cell_and_a_changed_wish_ask_for_new_ones(kernel: BlockingKernelClient) -> None:
    other = run(kernel, ASKS, "cell-b")
    assert other == "07A-003 07A-004"
    run(kernel, 'film.write("07A", camera="pull out")')
    changed = run(kernel, ASKS, "cell-b")  # the words are new, and so the pictures will be
    assert changed == "07A-005 07A-006"
    assert run(kernel, ASKS, "cell-b") == changed


def test_without_a_cells_id_its_code_tells_it(kernel: BlockingKernelClient) -> None:
    first = run(kernel, ASKS)
    assert run(kernel, ASKS) == first
    assert run(kernel, f"{ASKS}\n1") != first


def test_twice_in_one_cell_is_meant_twice_and_again_is_again(kernel: BlockingKernelClient) -> None:
    twice = f"{ASKS}\n{ASKS}"
    first = run(kernel, twice, "cell-c").split()
    assert len(set(first)) == 4
    assert run(kernel, twice, "cell-c").split() == first
    again = run(kernel, ASKS.replace("takes=2", "takes=2, again=True"), "cell-d")
    assert run(kernel, ASKS.replace("takes=2", "takes=2, again=True"), "cell-d") != again


def test_a_panels_button_and_a_script_always_ask_for_new_ones(film: Path) -> None:
    from studio.generation import run_key

    assert run_key("07A") == ""
