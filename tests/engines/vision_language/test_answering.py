"""One answer: streamed, counted, watched, stopped; by the library's loop and by ours."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer
from tokenizers.decoders import ByteFallback, Fuse, Replace, Sequence
from tokenizers.models import BPE

from doubles.scripted_family import ScriptedFamily
from textlift.content.attempt import FailureKind
from textlift.content.reading import StopReason
from textlift.engines.contract import EngineError, ReadProgress
from textlift.engines.vision_language.answering import Answering
from textlift.engines.vision_language.decoding.decoder import Decoder
from textlift.engines.vision_language.family import Generated, Placement, PlainView, Request
from textlift.engines.vision_language.model_memory import ModelMemory, PageMemory
from textlift.processes.cancellation import Cancellation

CPU = Placement(device=torch.device("cpu"), dtype=torch.float32)


class Watcher:
    """What was reported, and an action to take after so many tokens."""

    def __init__(self) -> None:
        self.progress: list[ReadProgress] = []

    def __call__(self, progress: ReadProgress) -> None:
        self.progress.append(progress)

    @property
    def text(self) -> str:
        return "".join(progress.text for progress in self.progress)


@pytest.fixture(params=["generate", "our loop"])
def family(request: pytest.FixtureRequest, tmp_path: Path) -> ScriptedFamily:
    family = ScriptedFamily(tmp_path, CPU)
    family.decoder = Decoder(family.model, CPU.device) if request.param == "our loop" else None
    return family


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


def make(
    family: ScriptedFamily,
    watcher: Watcher,
    *,
    token_limit: int = 1000,
    seconds: float = 60.0,
    positions: int = 0,
    cancellation: Cancellation | None = None,
) -> Answering:
    return Answering(
        family,
        token_limit=token_limit,
        positions=positions,
        deadline=time.monotonic() + seconds,
        variation=0,
        on_progress=watcher,
        cancellation=cancellation or Cancellation(),
        memory=PageMemory(ModelMemory(family.model, CPU.device)),
        decoder=family.decoder,
    )


def ask(family: ScriptedFamily, answering: Answering) -> Generated:
    image = Image.new("RGB", (20, 10))
    prepared = family.prepare(image, Request(mode="text", max_pixels=1000))
    return answering(prepared, PlainView())


def test_the_answer_is_streamed_whole_and_counted(family: ScriptedFamily, watcher: Watcher) -> None:
    family.write("Straße, 东京, Привет")
    answering = make(family, watcher)
    generated = ask(family, answering)
    assert generated == Generated("Straße, 东京, Привет", StopReason.END)
    assert watcher.text == generated.text
    assert answering.tokens == len("Straße, 东京, Привет".encode()) + 1
    assert answering.prompt_tokens == 4
    assert watcher.progress[-1].token_share == answering.tokens / 1000
    assert answering.tokens_per_second > 0
    assert 0 < answering.first_token_seconds < 60


def test_no_half_of_a_character_is_shown(family: ScriptedFamily, watcher: Watcher) -> None:
    family.write("東")
    ask(family, make(family, watcher))
    assert "�" not in watcher.text
    assert watcher.text == "東"


def test_a_limit_cuts_the_answer_off(family: ScriptedFamily, watcher: Watcher) -> None:
    family.write("abcdefghij")
    generated = ask(family, make(family, watcher, token_limit=4))
    assert generated == Generated("abcd", StopReason.LIMIT)


def test_an_answer_that_ends_with_its_last_token_is_not_cut_off(
    family: ScriptedFamily, watcher: Watcher
) -> None:
    family.write("abc")
    assert ask(family, make(family, watcher, token_limit=4)).stop_reason is StopReason.END


def test_the_limit_is_shared_by_all_answers_of_a_page(
    family: ScriptedFamily, watcher: Watcher
) -> None:
    family.write("abc")
    answering = make(family, watcher, token_limit=6)
    assert ask(family, answering) == Generated("abc", StopReason.END)
    assert ask(family, answering) == Generated("ab", StopReason.LIMIT)
    assert ask(family, answering) == Generated("", StopReason.LIMIT)


def test_the_models_positions_are_a_limit_too(family: ScriptedFamily, watcher: Watcher) -> None:
    family.write("abcdefghij")
    generated = ask(family, make(family, watcher, positions=4 + 3))
    assert generated == Generated("abc", StopReason.LIMIT)


def test_an_end_string_of_several_tokens_ends_the_answer_and_is_never_shown(
    family: ScriptedFamily, watcher: Watcher
) -> None:
    family.end_strings = ("<|im_end|>",)
    family.write("a < b<|im_end|>not this", ends=False)
    answering = make(family, watcher)
    assert ask(family, answering) == Generated("a < b", StopReason.END)
    assert watcher.text == "a < b"
    assert answering.tokens == len("a < b<|im_end|>")


def test_what_looks_like_an_end_string_is_shown_when_it_is_none(
    family: ScriptedFamily, watcher: Watcher
) -> None:
    family.end_strings = ("<|im_end|>",)
    family.write("1 <|im_")
    assert ask(family, make(family, watcher)).text == "1 <|im_"
    assert watcher.text == "1 <|im_"


def test_the_same_line_again_and_again_is_stopped_early(
    family: ScriptedFamily, watcher: Watcher
) -> None:
    family.write("A page.\n" + "The same line of a loop.\n" * 400)
    answering = make(family, watcher, token_limit=9000)
    generated = ask(family, answering)
    assert generated.stop_reason is StopReason.REPETITION
    assert answering.tokens < 1500
    assert generated.text.startswith("A page.\nThe same line of a loop.\n")
    assert "same line of a loop" in answering.repeated


def test_a_deadline_gives_the_page_up_with_what_was_read(
    family: ScriptedFamily, watcher: Watcher
) -> None:
    family.write("abcdefghij")
    answering = make(family, watcher, seconds=3600)

    def late(step: int) -> None:
        if step == 3:
            answering._deadline = time.monotonic()

    family.model.before_step = late
    assert ask(family, answering) == Generated("abcd", StopReason.DEADLINE)


def test_a_stop_takes_effect_within_a_token(family: ScriptedFamily, watcher: Watcher) -> None:
    family.write("abcdefghij" * 20)
    cancellation = Cancellation()
    steps: list[int] = []

    def stop(step: int) -> None:
        steps.append(step)
        if step == 5:
            cancellation.cancel()

    family.model.before_step = stop
    with pytest.raises(EngineError) as raised:
        ask(family, make(family, watcher, cancellation=cancellation))
    assert raised.value.failure is FailureKind.CANCELLED
    assert steps[-1] == 5


def test_reports_are_fewer_than_tokens(family: ScriptedFamily, watcher: Watcher) -> None:
    """A report a token would drown the pipe; none is lost for that."""
    family.write("".join(chr(97 + number * 7 % 26) for number in range(600)))
    generated = ask(family, make(family, watcher))
    assert len(watcher.progress) < 300
    assert watcher.text == generated.text


def test_bytes_that_are_no_character_cost_only_themselves(
    family: ScriptedFamily, watcher: Watcher
) -> None:
    """Tokenizers that fall back to bytes, as that of PaddleOCR-VL, raise at such an answer."""
    names = ["<unk>", "</s>", "▁one", "▁two", *(f"<0x{byte:02X}>" for byte in range(256))]
    model = BPE(
        {name: number for number, name in enumerate(names)},
        [],
        unk_token="<unk>",
        byte_fallback=True,
    )
    family.tokenizer = Tokenizer(model)
    family.tokenizer.decoder = Sequence([Replace("▁", " "), ByteFallback(), Fuse()])
    family.end_tokens = (1,)
    middle = "中".encode()
    family.model.script = [2, *(4 + byte for byte in (*middle, middle[0])), 3, 2, 1]
    generated = ask(family, make(family, watcher))
    assert generated.stop_reason is StopReason.END
    assert generated.text.startswith(" one")
    assert generated.text.endswith(" two one")
    assert watcher.text == " one中 two one"


def test_the_time_of_a_page_does_not_run_while_it_waits_for_others(
    tmp_path: Path, watcher: Watcher
) -> None:
    family = ScriptedFamily(tmp_path, CPU)
    family.decoder = Decoder(family.model, CPU.device)
    family.write("abcdefghij")
    now = 0.0
    late_watcher = Watcher()
    second = Answering(
        family,
        token_limit=100,
        positions=0,
        deadline=50.0,
        variation=0,
        on_progress=late_watcher,
        cancellation=Cancellation(),
        memory=PageMemory(ModelMemory(family.model, CPU.device)),
        decoder=family.decoder,
        clock=lambda: now,
    )
    answers: list[Generated] = []
    thread = threading.Thread(target=lambda: answers.append(ask(family, second)))

    def an_hour_goes_by(step: int) -> None:
        nonlocal now
        if step == 3 and not now:
            thread.start()
            while not late_watcher.progress:
                """The other thread has only to put its question down."""
            now = 3600.0

    family.model.before_step = an_hour_goes_by
    assert ask(family, make(family, watcher)).text == "abcdefghij"
    thread.join()
    assert answers == [Generated("abcdefghij", StopReason.END)]
    assert [item.stage for item in late_watcher.progress[:2]] == [
        "Waiting for other pages",
        "Looking at the page",
    ]
